// The build step: makes the client from the schema, unless it was made from this very schema already. Plain
// JavaScript, since it runs first of all.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const here = import.meta.dirname;
const require = createRequire(import.meta.url);
const manifestPath = require.resolve('prisma/package.json');
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
const schema = readFileSync(path.join(here, 'schema.prisma'));
const hash = createHash('sha256').update(manifest.version).update(schema).digest('hex');
const stamp = path.join(here, 'src/generated/.schema-hash');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
  const cli = path.join(path.dirname(manifestPath), manifest.bin.prisma);
  const { status } = spawnSync(process.execPath, [cli, 'generate', '--no-hints'], {
    cwd: path.join(here, '..'),
    env: { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, hash);
}
