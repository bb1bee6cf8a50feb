import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '@tulle/agent/standalone/parse-config';
import { readYaml } from '@tulle/api/resources/read-yaml';
import { describe, expect, it } from 'vitest';

const docs = join(import.meta.dirname, '../../../docs');
const resources = /^kind: (Service|TrafficSplit|Route|Policy|AccessRule|Gateway)$/m;
const standalone = /^self:/m;

function blocksOf(page: string): string[] {
  const text = readFileSync(join(docs, page), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) => yaml);
}

/** Blocks that are a whole file: of resources, or of a standalone agent. Others show a part, or files of others. */
function examplesOf(page: string): string[] {
  return blocksOf(page).filter((yaml) => resources.test(yaml) || standalone.test(yaml));
}

describe('examples in the documentation can be used as they stand', () => {
  const pages = readdirSync(docs).filter((name) => name.endsWith('.md') && examplesOf(name).length > 0);

  it.each(pages)('%s', (page) => {
    for (const yaml of examplesOf(page))
      if (standalone.test(yaml)) parseConfig(yaml, page);
      else readYaml(yaml);
  });

  it.each(['policies.md', 'routing.md'])('%s shows nothing else', (page) => {
    expect(examplesOf(page)).toEqual(blocksOf(page));
    expect(pages).toContain(page);
  });
});
