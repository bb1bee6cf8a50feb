import { expect, it } from 'vitest';
import {
  firstEjection,
  idealDispatcher,
  percentile,
  realDispatcher,
  type Scenario,
  simulate,
  successSince,
} from './simulation.spec-support.ts';

const base = { meanMs: 10, failing: 0, failMs: 0, seed: 7 };

it.each([
  [1, 0.5],
  [4, 0.7],
])(
  'one slow instance of ten, %i requests at a time: p99 is at most 1.2 of the ideal',
  (workers, utilisation) => {
    const scenario: Scenario = {
      ...base,
      instances: 10,
      workers,
      slowFactor: 10,
      utilisation,
      requests: 15_000,
    };
    const real = simulate(scenario, (random) => realDispatcher(scenario, random).dispatcher).slice(3_000);
    const ideal = simulate(scenario, (random) => idealDispatcher(scenario, random)).slice(3_000);
    expect(percentile(real, 99) / percentile(ideal, 99)).toBeLessThan(1.2);
  },
);

it.each([
  [1, 0.5],
  [0.5, 0.5],
  [1, 0.01],
  [0.5, 0.01],
])(
  'one of two fails %d of its requests, %d busy: nearly all succeed from the first ejection on',
  (failing, utilisation) => {
    const scenario: Scenario = {
      ...{ ...base, failing, failMs: 5, seed: 3 },
      ...{ instances: 2, workers: 16, slowFactor: 1, utilisation, requests: 15_000 },
    };
    let ejectedAt = Number.NaN;
    const outcomes = simulate(scenario, (random) =>
      firstEjection(realDispatcher(scenario, random), (at) => {
        ejectedAt = at;
      }),
    );
    expect(successSince(outcomes, ejectedAt)).toBeGreaterThan(0.995);
  },
);
