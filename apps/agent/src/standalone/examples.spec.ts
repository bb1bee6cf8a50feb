import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataPathErrors } from '../errors.ts';
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

it('the guide names every error of the data path with its status', async () => {
  const guide = await readFile(join(root, 'docs/standalone-agent.md'), 'utf8');
  const documented = new Map<string, string>();
  for (const [, codes = '', status = ''] of guide.matchAll(
    /^\| ((?:`[a-z_]+`(?:, )?)+) \| ([^|]*\d{3}[^|]*) \|/gm,
  ))
    for (const code of codes.replaceAll('`', '').split(', ')) documented.set(code, status);
  expect([...documented.keys()].sort()).toEqual(Object.keys(dataPathErrors).sort());
  for (const [code, { status }] of Object.entries(dataPathErrors))
    expect(documented.get(code), code).toContain(String(status));
});
