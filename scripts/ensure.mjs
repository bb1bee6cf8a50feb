// Brings the clone into a state that runs: packages as the lock says, everything built. Does nothing when that is
// so already. Runs on any Node from 20, before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runOwned } from './owned-process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const buildStamp = at('node_modules/.tulle-build');
const builtFiles = [
  'apps/cli/dist/bundle/tulle.mjs',
  'apps/cli/dist/agent/tulle-agent.cjs',
  'apps/web/.next/BUILD_ID',
  'prisma/src/generated/client.ts',
];

export class EnsureError extends Error {}

export async function ensure() {
  if (!isInstalled()) await install();
  const sources = fingerprint();
  if (!isBuilt(sources)) await build(sources);
}

/** npm's own record of what it installed, compared with the lock: true after `npm install` by hand as well. */
function isInstalled() {
  if (!existsSync(at('node_modules/.package-lock.json'))) return false;
  const wanted = readJson('package-lock.json').packages;
  const present = readJson('node_modules/.package-lock.json').packages;
  return Object.entries(wanted).every(([name, { version, optional }]) => {
    if (!name.includes('node_modules/')) return true;
    // An optional package that is absent belongs to another platform.
    return present[name] === undefined ? optional === true : present[name].version === version;
  });
}

async function install() {
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, commandArgs] = npm?.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args];
  await step('Installing packages (about half a minute)', command, commandArgs, {
    // Development packages build the program, and Prisma would fetch an engine that we do not use.
    NODE_ENV: undefined,
    PRISMA_SCHEMA_ENGINE_BINARY: at('prisma/schema-engine.mjs'),
  });
}

function isBuilt(sources) {
  if (!existsSync(buildStamp) || readFileSync(buildStamp, 'utf8') !== sources) return false;
  return builtFiles.every((file) => existsSync(at(file)));
}

async function build(sources) {
  // Turbo's launcher would run on an older Node as well, but the tasks take the `node` that npm installed.
  const PATH = `${at('node_modules/.bin')}${path.delimiter}${process.env.PATH}`;
  const args = ['run', 'build', '--output-logs=errors-only', '--log-prefix=none', '--no-update-notifier'];
  await step('Building', at('node_modules/.bin/turbo'), args, { PATH, NODE_ENV: undefined });
  mkdirSync(path.dirname(buildStamp), { recursive: true });
  writeFileSync(buildStamp, sources);
}

/** Of names, sizes and times of everything that is built from; reading the contents is turbo's work. */
function fingerprint() {
  const hash = createHash('sha256').update(process.platform).update(process.arch);
  const visit = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (/^(node_modules|dist|dist\.unfinished|generated|next-env\.d\.ts|\..*)$/.test(entry.name)) continue;
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) visit(file);
      else if (!/\.spec\.tsx?$/.test(entry.name)) {
        const { size, mtimeMs } = statSync(file);
        hash.update(`${file} ${size} ${mtimeMs}\n`);
      }
    }
  };
  for (const folder of ['packages', 'apps', 'prisma', 'examples']) visit(at(folder));
  for (const file of ['package-lock.json', 'turbo.json', 'tsconfig.base.json'])
    hash.update(readFileSync(at(file)));
  return hash.digest('hex');
}

/** One calm line: what is done, then how long it took. What the command says is shown only when it fails. */
async function step(title, command, args, environment) {
  const started = Date.now();
  process.stdout.write(`${title} …`);
  const log = [];
  const code = await runOwned(command, args, {
    cwd: root,
    env: { ...process.env, ...quiet, ...environment },
    onOutput: (chunk) => log.push(chunk),
  });
  process.stdout.write(` ${code === 0 ? `${((Date.now() - started) / 1000).toFixed(1)} s` : 'failed'}\n`);
  if (code === 0) return;
  process.stderr.write(Buffer.concat(log));
  throw new EnsureError(`${title.replace(/ \(.*/, '')} failed: see above.`);
}

const quiet = {
  CHECKPOINT_DISABLE: '1',
  DO_NOT_TRACK: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  TURBO_TELEMETRY_DISABLED: '1',
};

function readJson(file) {
  return JSON.parse(readFileSync(at(file), 'utf8'));
}

/** For a script's last line of defence: an expected failure is a sentence, not a stack. */
export function explain(error) {
  process.stderr.write(`${error instanceof EnsureError ? error.message : (error.stack ?? error)}\n`);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await ensure().catch(explain);
