import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from './parse-config.ts';

const root = join(import.meta.dirname, '../../../..');

it('the examples can be used', async () => {
  const folder = join(root, 'examples/standalone');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
  expect(files.length).toBeGreaterThan(0);
  for (const name of files) parseConfig(await readFile(join(folder, name), 'utf8'), name);
});

it('the file in the guide can be used', async () => {
  const guide = await readFile(join(root, 'docs/standalone-agent.md'), 'utf8');
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
  expect(parseConfig(yaml, 'guide').services.orders?.split).toHaveLength(2);
});
