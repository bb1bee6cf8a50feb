/**
 * What the data path costs, against Envoy, nginx and nghttpx doing the same job.
 *   npm run bench:data-path -- [--rounds 3] [--seconds 5] [--only plain-hop,grpc] [--list]
 * Proxies and servers share core 0, the load generator has core 1; contenders take turns, medians count. `--only`
 * takes beginnings of names. Fails when a target is missed.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { bodyScenarios } from './data-path/bodies.ts';
import { newConnections } from './data-path/connections.ts';
import { grpcScenarios } from './data-path/grpc.ts';
import { latency } from './data-path/latency.ts';
import { memoryScenarios } from './data-path/memory.ts';
import { requestScenarios } from './data-path/requests.ts';
import { runScenario } from './data-path/run-scenario.ts';
import type { Scenario } from './data-path/scenario.ts';
import { need } from './installation.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
  },
});
const scenarios: readonly Scenario[] = [
  ...requestScenarios,
  ...grpcScenarios,
  ...bodyScenarios,
  newConnections,
  latency,
  ...memoryScenarios,
];
const beginnings = values.only.split(',');
const chosen = scenarios.filter(({ name }) => beginnings.some((beginning) => name.startsWith(beginning)));

if (values.list) {
  for (const { name, about } of chosen) console.log(`${name}: ${about}`);
} else {
  need('taskset', 'apt-get install util-linux');
  for (const scenario of chosen) {
    const isReached = await runScenario(scenario, {
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
    }).catch((error: unknown) => {
      console.error(error);
      return false;
    });
    if (!isReached) process.exitCode = 1;
  }
  console.log(`\nload average at the end: ${loadavg()[0]?.toFixed(1)}`);
}
