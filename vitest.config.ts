import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**', '**/.next/**', 'playwright/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          globalSetup: 'prisma/src/testing-server.ts',
          include: ['**/*.spec.ts', '**/*.spec.tsx'],
          exclude: [...exclude, '**/*.integration.spec.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          globalSetup: 'prisma/src/testing-server.ts',
          include: ['**/*.integration.spec.ts'],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
