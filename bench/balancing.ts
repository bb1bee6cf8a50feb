/**
 * Whether the balancer does what it must, in a simulation of its real classes without a socket.
 *   npm run bench:balancing -- [--requests 100000] [--seed 1]
 * One slow instance of ten: p99 at most 1.2 of a dispatcher that knows all and looks at all.
 * One failing of two: success at least 99.5 % from the first ejection on.
 */
import { parseArgs } from 'node:util';
import {
  firstEjection,
  idealDispatcher,
  type Outcome,
  percentile,
  realDispatcher,
  type Scenario,
  simulate,
  successSince,
} from '@tulle/agent/balance/simulation.spec-support';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const requests = Number(values.requests);
const seed = Number(values.seed);
const maxRatio = 1.2;
const minSuccess = 0.995;

let missed = 0;
for (const workers of [1, 4, 16]) {
  for (const utilisation of [0.3, 0.5, 0.7, 0.85]) tellSlow(workers, utilisation);
}
for (const failing of [1, 0.5]) {
  for (const failMs of [1, 200]) {
    for (const utilisation of [0.01, 0.5]) tellFailing(failing, failMs, utilisation);
  }
}
process.exitCode = missed === 0 ? 0 : 1;

function tellSlow(workers: number, utilisation: number): void {
  const scenario: Scenario = {
    ...{ instances: 10, workers, meanMs: 10, slowFactor: 10 },
    ...{ failing: 0, failMs: 0, utilisation, requests, seed },
  };
  const real = warm(simulate(scenario, (random) => realDispatcher(scenario, random).dispatcher));
  const ideal = warm(simulate(scenario, (random) => idealDispatcher(scenario, random)));
  const ratio = percentile(real, 99) / percentile(ideal, 99);
  const slow = real.filter(({ instance }) => instance === 0).length / real.length;
  tell(
    ratio <= maxRatio,
    `one of ten slow, ${workers} at a time, ${percent(utilisation)} busy: p99 ${percentile(real, 99).toFixed(1)} ms, ` +
      `ideal ${percentile(ideal, 99).toFixed(1)} ms, ratio ${ratio.toFixed(2)}; the slow one had ${percent(slow)}`,
  );
}

function tellFailing(failing: number, failMs: number, utilisation: number): void {
  const scenario: Scenario = {
    ...{ instances: 2, workers: 16, meanMs: 10, slowFactor: 1 },
    ...{ failing, failMs, utilisation, requests, seed },
  };
  let ejectedAt: number | undefined;
  const outcomes = simulate(scenario, (random) => {
    const real = realDispatcher(scenario, random);
    return firstEjection(real, (at) => {
      ejectedAt = at;
    });
  });
  const success = ejectedAt === undefined ? 0 : successSince(outcomes, ejectedAt);
  tell(
    success >= minSuccess,
    `one of two fails ${percent(failing)} after ${failMs} ms, ${percent(utilisation)} busy: success ${(success * 100).toFixed(2)} % ` +
      `since the ejection at ${ejectedAt?.toFixed(0)} ms`,
  );
}

/** Without the first tenth, in which latencies are learnt. */
function warm(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.slice(Math.floor(outcomes.length / 10));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 2 : 0)} %`;
}

function tell(held: boolean, line: string): void {
  if (!held) missed++;
  console.log(`${held ? 'held  ' : 'MISSED'}  ${line}`);
}
