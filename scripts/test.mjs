// `npm test`: everything that is checked, one after the other, all of it whatever fails. Ends with one line that
// says how much passed and failed.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onAbandoned } from '../apps/cli/bin/abandoned.mjs';
import { ensure, explain } from './ensure.mjs';
import { runOwned } from './owned-process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = path.join(root, 'node_modules/.bin');
const results = mkdtempSync(path.join(tmpdir(), 'tulle-results-'));
process.on('exit', () => rmSync(results, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
onAbandoned(() => process.exit(1));

const suites = [
  { name: 'lint', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
  {
    name: 'types',
    command: 'turbo',
    args: ['run', 'types', '--continue', '--output-logs=errors-only', '--no-update-notifier'],
  },
  vitest('unit'),
  vitest('integration'),
  {
    name: 'browser',
    command: 'playwright',
    args: ['test', '--config', 'playwright/playwright.config.ts'],
    // The JSON reporter writes there.
    variable: 'PLAYWRIGHT_JSON_OUTPUT_FILE',
    count: countPlaywright,
  },
];

await ensure().catch(explain);
const outcomes = [];
for (const suite of suites) outcomes.push(await run(suite));
conclude(outcomes);

function vitest(project) {
  const outputFile = path.join(results, `${project}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${outputFile}`];
  return {
    name: project,
    command: 'vitest',
    args: ['run', '--project', project, ...reporters],
    count: countVitest,
  };
}

async function run({ name, command, args, variable, count }) {
  process.stdout.write(`\n== ${name}\n`);
  const started = Date.now();
  const resultFile = path.join(results, `${name}.json`);
  const code = await runOwned(path.join(bin, command), args, {
    cwd: root,
    env: {
      ...process.env,
      // The pinned Node for everything that a test starts as well.
      PATH: `${bin}${path.delimiter}${process.env.PATH}`,
      TURBO_TELEMETRY_DISABLED: '1',
      NODE_ENV: undefined,
      // Written to a file, a line is worth more without its colours.
      ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
      ...(variable === undefined ? {} : { [variable]: resultFile }),
    },
  });
  const outcome = count === undefined ? { passed: 1, failed: 0 } : read(resultFile, count);
  if (code !== 0) blame(outcome, count === undefined);
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(`== ${name}: ${outcome.passed} passed, ${outcome.failed} failed in ${seconds} s\n`);
  return { name, ...outcome };
}

/** What ended badly has failed at least once: as the one check that it is, or outside of its tests. */
function blame(outcome, isOneCheck) {
  if (isOneCheck) outcome.passed = 0;
  outcome.failed = Math.max(outcome.failed, 1);
}

function read(file, count) {
  if (!existsSync(file)) return { passed: 0, failed: 0 };
  return count(JSON.parse(readFileSync(file, 'utf8')));
}

function countVitest({ numPassedTests, numFailedTests, testResults }) {
  // A file that could not be loaded has no tests of which one could have failed.
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

function countPlaywright({ stats, errors }) {
  const failed = stats.unexpected + errors.length;
  return { passed: stats.expected + stats.flaky, failed };
}

function conclude(outcomes) {
  const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`);
  process.exit(sum('failed') === 0 ? 0 : 1);
}
