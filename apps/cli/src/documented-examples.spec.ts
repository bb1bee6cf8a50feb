import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '@tulle/agent/standalone/parse-config';
import { readYaml } from '@tulle/api/resources/read-yaml';
import { describe, expect, it } from 'vitest';

const docs = join(import.meta.dirname, '../../../docs');

/** Every block of YAML in a page that is a whole file: of resources, or of a standalone agent. */
function examplesOf(page: string): string[] {
  const text = readFileSync(join(docs, page), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) => yaml);
}

describe('examples in the documentation can be used as they stand', () => {
  const pages = readdirSync(docs).filter((name) => name.endsWith('.md') && examplesOf(name).length > 0);
  it('are found', () => {
    expect(pages).toEqual(expect.arrayContaining(['policies.md', 'routing.md', 'standalone-agent.md']));
  });
  it.each(pages)('%s', (page) => {
    for (const yaml of examplesOf(page))
      if (/^self:/m.test(yaml)) parseConfig(yaml, page);
      else if (/^kind:/m.test(yaml)) readYaml(yaml);
      else throw new Error(`neither resources nor the file of an agent:\n${yaml}`);
  });
});
