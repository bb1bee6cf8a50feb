#!/usr/bin/env node
// The command `tulle`. It runs on the Node that npm installed beside it; started by an older one, it starts itself
// again on that. Plain JavaScript, so that any Node gets far enough to say what it needs.
import { createRequire } from 'node:module';
import { onAbandoned } from './abandoned.mjs';
import { restartSmall, smallNodeFlags } from './small-node.mjs';

// Not by `import`, which reads everything that a module of Node's offers, and so loads it: 3 MB for an agent to carry.
const require = createRequire(import.meta.url);
const { existsSync } = require('node:fs');
const { fileURLToPath } = require('node:url');

const neededMajor = 24;
const pinnedNode = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
const besideServices = ['agent', 'run'].includes(process.argv[2]);
const bundled = besideServices ? 'agent/tulle-agent.mjs' : 'bundle/tulle.mjs';
const program = new URL(`../dist/${bundled}`, import.meta.url);

if (Number(process.versions.node.split('.')[0]) < neededMajor) runOnPinnedNode();
else if (!existsSync(program)) fail('Tulle is not built yet; run `npm run build` in its folder.');
else {
  if (besideServices) restartSmall();
  onAbandoned(() => {
    // The way out in order, and a limit to it.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 5_000).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  await import(program.href);
}

function runOnPinnedNode() {
  if (!existsSync(pinnedNode))
    return fail(
      `Tulle needs Node ${neededMajor}, and this is ${process.version}; run \`npm ci\` in its folder.`,
    );
  const { spawn } = require('node:child_process');
  const { constants } = require('node:os');
  const flags = besideServices ? smallNodeFlags : [];
  // The child notices the end of the channel when this process is killed.
  const child = spawn(pinnedNode, [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  onAbandoned(() => process.exit(1));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
