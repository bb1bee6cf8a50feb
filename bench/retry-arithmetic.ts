/**
 * What retries cost and gain along a chain of services whose last one fails: the agent's own rules, played with times
 * and random numbers passed in, against the closed form.
 *   npm run bench:retry-arithmetic -- [--requests 1000000] [--seed 1]
 * Exits with 1 when they differ by more than a point, or when a budget is exceeded.
 */
import { parseArgs } from 'node:util';
import { seededRandom } from '@tulle/agent/specs/seeded-random';
import { type ChainSettings, closedForm, playChain } from './retry-arithmetic/call-chain.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
const budgetPercent = 20;
const base: ChainSettings = {
  depth: 3,
  attempts: 2,
  failing: 0.5,
  budgetPercent: undefined,
  requests: Number(values.requests),
  requestsPerSecond: 1_000,
  random: seededRandom(Number(values.seed)),
};

const failures = [...compareWithClosedForm(), ...exhaustBudgets()];
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;

function compareWithClosedForm(): string[] {
  console.log(
    'Half of the calls of the last of three services fail; load is for one request at the entrance.',
  );
  console.log('retries  success  closed form  load on the last  closed form');
  return [0, 1, 2, 3].flatMap((attempts) => {
    const played = playChain({ ...base, attempts });
    const expected = closedForm({ ...base, attempts });
    const load = played.load.at(-1) ?? Number.NaN;
    const expectedLoad = expected.load.at(-1) ?? Number.NaN;
    const shown = [
      percent(played.success),
      percent(expected.success),
      load.toFixed(4),
      expectedLoad.toFixed(4),
    ];
    console.log([attempts, ...shown].join('  '));
    const agrees =
      Math.abs(played.success - expected.success) < 0.01 && Math.abs(load / expectedLoad - 1) < 0.01;
    return agrees ? [] : [`${attempts} retries: more than a point from the closed form`];
  });
}

function exhaustBudgets(): string[] {
  console.log(
    `\nTen retries, but a budget of ${budgetPercent} % and no floor: load on the service that fails.`,
  );
  return [0.5, 0.9, 1].flatMap((failing) => {
    const { load } = playChain({ ...base, depth: 1, attempts: 10, failing, budgetPercent });
    const onFailing = load[0] ?? Number.NaN;
    console.log(`${percent(failing)} of its calls fail: ${onFailing.toFixed(4)}`);
    return onFailing <= 1 + budgetPercent / 100 ? [] : [`${percent(failing)}: the budget was exceeded`];
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
