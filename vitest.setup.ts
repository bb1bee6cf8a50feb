import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** The same inputs on every run, or CI would fail by chance; `TULLE_SEED=random`, or a number, looks at others. */
const { TULLE_SEED = '20261121' } = process.env;
const { testPath } = expect.getState();

// Only where it is needed: loading it takes longer than most specs do.
if (TULLE_SEED !== 'random' && testPath && readFileSync(testPath, 'utf8').includes("'fast-check'")) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ seed: Number(TULLE_SEED) });
}
