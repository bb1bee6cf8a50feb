import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { viewOf } from '@tulle/agent/control/spec-api/spec-agent';
import { SpecApi } from '@tulle/agent/control/spec-api/spec-api';

/**
 * What one agent costs beside its service: time from the start of the process to ready with the configuration on
 * disk and no API, and resident memory when idle. The bundle that `npm run build` makes, as it is shipped.
 *
 *   npm run build && node bench/agent-process.ts [runs]
 */
const runs = Number(process.argv[2] ?? 9);
const program = process.env.TULLE_PROGRAM ?? new URL('../apps/cli/bin/tulle.mjs', import.meta.url).pathname;
if (!existsSync(new URL('../apps/cli/dist', import.meta.url))) {
  console.error('The command is not built: run `npm run build` first.');
  process.exit(1);
}
const settleMs = 4_000;

interface Started {
  readonly child: ChildProcess;
  readonly wallMs: number;
}

async function start(subcommand: string[], variables: Record<string, string>): Promise<Started> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, ...subcommand], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes('"msg":"ready"')) break;
  }
  return { child, wallMs: performance.now() - startedAt };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Megabytes of 1,000,000 bytes: resident, and proportional, where pages shared with other agents count in part. */
function memoryOf(pid: number | undefined): { rss: number; pss: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const read = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1.024e-3;
  return { rss: read('Rss'), pss: read('Pss') };
}

/** All CPU of the process so far. */
function cpuMsOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function idle(subcommand: string[], variables: Record<string, string>) {
  const samples: { rss: number; pss: number; cpuMsPerSecond: number }[] = [];
  for (let run = 0; run < 3; run++) {
    const { child } = await start(subcommand, variables);
    await sleep(settleMs);
    const before = cpuMsOf(child.pid);
    await sleep(settleMs);
    samples.push({
      ...memoryOf(child.pid),
      cpuMsPerSecond: (cpuMsOf(child.pid) - before) / (settleMs / 1_000),
    });
    await stop(child);
  }
  return {
    'RSS MB': median(samples.map(({ rss }) => rss)).toFixed(1),
    'PSS MB': median(samples.map(({ pss }) => pss)).toFixed(1),
    'CPU ms/s': median(samples.map(({ cpuMsPerSecond }) => cpuMsPerSecond)).toFixed(1),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'tulle-idle-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const api = new SpecApi();
api.ledger.reportIntervalMs = 1_000;
api.setView(viewOf('orders'));
await api.start();
const variables = {
  ...{ TULLE_SERVICE: 'orders', TULLE_PORT: '9', TULLE_API: api.url, TULLE_DATA_DIR: join(folder, 'data') },
  ...{ TULLE_OUTBOUND_PORT: '0', TULLE_INBOUND_PORT: '0', TULLE_ADMIN_PORT: '0' },
};
const first = await start(['agent'], { ...variables, TULLE_TOKEN: api.token() });
await stop(first.child);
const connected = await idle(['agent'], variables);
const run = await idle(['run', '--', 'sleep', '60'], variables);
await api.stop();
const file = join(folder, 'mesh.yaml');
writeFileSync(file, 'self: { service: caller }\nlisten: { outbound: 0 }\n');
const standalone = await idle(['agent', '--config', file], {});
const times: number[] = [];
const cpu: number[] = [];
for (let count = 0; count < runs; count++) {
  const { child, wallMs } = await start(['agent'], variables);
  times.push(wallMs);
  cpu.push(cpuMsOf(child.pid));
  await stop(child);
}
console.log(
  `Node ${process.version}; idle figures after ${settleMs / 1_000} s, connected, reporting every second (--config: no API)`,
);
console.table({ 'tulle agent': connected, 'tulle run': run, 'tulle agent --config': standalone });
console.log(`first start, joining with a token: ready after ${first.wallMs.toFixed(0)} ms`);
console.log(
  `start from disk without the API, ${runs} runs: ready after ${median(times).toFixed(0)} ms ` +
    `(${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}), ` +
    `having used ${median(cpu).toFixed(0)} ms of CPU`,
);
process.exit(0);
