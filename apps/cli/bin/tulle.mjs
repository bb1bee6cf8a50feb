#!/usr/bin/env node
// The command `tulle`. It runs on the Node that npm installed beside it; started by an older one, it starts itself
// again on that. Plain JavaScript, so that any Node gets far enough to say what it needs.
import { createRequire } from 'node:module';
import { onAbandoned, stopInTime } from './abandoned.mjs';
import { restartSmall, smallNodeFlags } from './small-node.mjs';

const require = createRequire(import.meta.url);
const { existsSync } = require('node:fs');
const { fileURLToPath, pathToFileURL } = require('node:url');

const neededMajor = 24;
const pinnedNode = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
const besideServices = ['agent', 'run'].includes(process.argv[2]);
const bundled = besideServices ? 'agent/tulle-agent.cjs' : 'bundle/tulle.mjs';
const program = fileURLToPath(new URL(`../dist/${bundled}`, import.meta.url));

if (Number(process.versions.node.split('.')[0]) < neededMajor) runOnPinnedNode();
else if (!existsSync(program)) fail('Tulle is not built yet; run `npm run build` in its folder.');
else if (besideServices) {
  restartSmall(program);
  require(program);
} else {
  onAbandoned(stopInTime);
  await import(pathToFileURL(program).href);
}

function runOnPinnedNode() {
  if (!existsSync(pinnedNode))
    return fail(
      `Tulle needs Node ${neededMajor}, and this is ${process.version}; run \`npm ci\` in its folder.`,
    );
  const { spawn } = require('node:child_process');
  const { constants } = require('node:os');
  const begun = besideServices && existsSync(program);
  const entry = begun ? [...smallNodeFlags, program] : [fileURLToPath(import.meta.url)];
  // The child notices the end of the channel when this process is killed.
  const child = spawn(pinnedNode, [...entry, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'])
    process.on(signal, () => child.kill(signal));
  onAbandoned(() => process.exit(1));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
