import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**', '**/.next/**', 'playwright/**'];
const cores = availableParallelism();
/** A deadline only says when to give up: as a machine may be ten times slower, none is near what a spec takes. */
const common = {
  globalSetup: 'prisma/src/testing-server.ts',
  setupFiles: 'vitest.setup.ts',
  expect: { poll: { timeout: 60_000, interval: 20 } },
  // For the processes that specs start: reading a hundred modules takes longer than what most of them do.
  env: { NODE_COMPILE_CACHE: path.join(import.meta.dirname, 'node_modules/.cache/node') },
};

export default defineConfig({
  test: {
    // The database of the run ends in it.
    teardownTimeout: 120_000,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['**/*.spec.ts', '**/*.spec.tsx'],
          exclude: [...exclude, '**/*.integration.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // What starts them is idle meanwhile, so none is left for it.
          maxWorkers: cores,
        },
      },
      {
        test: {
          ...common,
          name: 'integration',
          include: ['**/*.integration.spec.ts'],
          exclude,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // They wait, for processes and for times that pass, more than they compute.
          maxWorkers: Math.min(4, cores + 1),
          // Not at once with the others, in a run of both.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
