import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { policySchema } from './policy.ts';
import { schemaFields } from './schema-fields.spec-support.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/policies.md'), 'utf8');

it('docs/policies.md has every field with its default and what is allowed', () => {
  const rows = [...page.matchAll(/^\| `([a-z][\w.[\]]*)` \| (.*?) \| (.*?) \| (.+) \|$/gim)];
  const documented = rows.map(([, path, fallback, allowed]) => ({ path, fallback, allowed }));
  const fields = schemaFields(policySchema).filter(({ path }) => path !== 'kind' && path !== 'service');
  expect(documented).toEqual(fields);
});
