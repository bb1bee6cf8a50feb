/**
 * Whether an agent grows under load that goes on: small and large answers, uploads, HTTP/2, connections that come and
 * go, in turns, through one agent and through two with mutual TLS.
 *   npm run bench:soak -- [--minutes 60] [--warm-up-minutes 10]
 * Fails when the median of resident memory in the last quarter is more than 5 MB above that in the first quarter after
 * the warm-up, for any of the three processes.
 */
import { parseArgs } from 'node:util';
import { h2load } from './data-path/loads/h2load.ts';
import type { Load } from './data-path/loads/load-generator.ts';
import { wrk } from './data-path/loads/wrk.ts';
import { nginxOrigin } from './data-path/requests.ts';
import { bundleAgent } from './installation.ts';
import { startAgentHop, startAgentPair } from './proxies/agent.ts';
import { Workbench } from './workbench.ts';

const MAX_GROWTH_MB = 5;
const TURN_SECONDS = 3;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    'warm-up-minutes': { type: 'string', default: '10' },
  },
});
const endMs = Number(values.minutes) * 60_000;
const warmUpMs = Math.min(Number(values['warm-up-minutes']) * 60_000, endMs / 3);

const bench = new Workbench(0);
const upload = bench.file('upload.lua', 'wrk.method = "POST"\nwrk.body = string.rep("x", 65536)\n');
const loads: readonly ((port: number, seconds: number) => Promise<Load>)[] = [
  wrk({ connections: 32 }),
  wrk({ connections: 8, path: '/1m' }),
  wrk({ connections: 200 }),
  wrk({ connections: 16, path: '/upload', script: upload }),
  h2load({ connections: 4, streams: 50 }),
  h2load({ connections: 2, streams: 4, path: '/1m' }),
];

const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

/** Megabytes between the first and the last quarter. */
function growthOf(samples: readonly number[]): number {
  const quarter = Math.max(1, samples.length >> 2);
  return median(samples.slice(-quarter)) - median(samples.slice(0, quarter));
}

try {
  const origin = await nginxOrigin(bench);
  const agent = await bundleAgent();
  const proxies = [await startAgentHop(bench, agent, origin), await startAgentPair(bench, agent, origin)];
  const processes = proxies.flatMap((proxy) => proxy.processes);
  const samples = processes.map((): number[] => []);
  const startedAt = performance.now();
  let requests = 0;
  while (performance.now() - startedAt < endMs) {
    for (const { port } of proxies) {
      for (const load of loads) requests += (await load(port, TURN_SECONDS)).requests;
    }
    const elapsedMs = performance.now() - startedAt;
    const megabytes = processes.map((one) => one.residentMegabytes());
    if (elapsedMs >= warmUpMs)
      samples.forEach((list, index) => void list.push(megabytes[index] ?? Number.NaN));
    const resident = processes
      .map(({ name }, index) => `${name} ${megabytes[index]?.toFixed(1)}`)
      .join(' | ');
    console.log(`${(elapsedMs / 60_000).toFixed(1)} min, ${requests} requests: ${resident} MB`);
  }
  for (const [index, { name }] of processes.entries()) {
    const growth = growthOf(samples[index] ?? []);
    const isReached = growth <= MAX_GROWTH_MB;
    if (!isReached) process.exitCode = 1;
    console.log(
      `${name}: ${growth.toFixed(1)} MB of growth (target ≤ ${MAX_GROWTH_MB}) ${isReached ? 'reached' : 'MISSED'}`,
    );
  }
} finally {
  await bench.close();
}
