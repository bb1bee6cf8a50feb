import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourceSchema } from '@tulle/mesh/resource';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/resilience.md'), 'utf8');
const examples = Array.from(page.matchAll(/```yaml\n([\s\S]*?)```/g), ([, yaml = '']) => yaml);

it('docs/resilience.md has examples', () => {
  expect(examples.length).toBeGreaterThan(5);
});

it.each(examples)('can be applied:\n%s', (yaml) => {
  expect(resourceSchema.safeParse(parse(yaml)).error).toBeUndefined();
});
