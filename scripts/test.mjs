// `npm test`: everything that is checked, one after the other, all of it whatever fails. Ends with a list of all that
// failed, and one line that says how much passed and failed.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onAbandoned } from '../apps/cli/bin/abandoned.mjs';
import { ensure, explain } from './ensure.mjs';
import { failuresOfPlaywright, failuresOfVitest, list, Tail } from './failures.mjs';
import { runOwned } from './owned-process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = path.join(root, 'node_modules/.bin');
const results = mkdtempSync(path.join(tmpdir(), 'tulle-results-'));
process.on('exit', () => rmSync(results, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupt(signal));
onAbandoned(() => process.exit(1));

const suites = [
  { name: 'lint', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
  {
    name: 'types',
    command: 'turbo',
    args: ['run', 'types', '--continue', '--output-logs=errors-only', '--no-update-notifier'],
  },
  vitest('unit', 'dot'),
  // A line for each file: whoever ends a run that hangs sees where.
  vitest('integration', 'default'),
  {
    name: 'browser',
    command: 'playwright',
    args: ['test', '--config', 'playwright/playwright.config.ts'],
    // The JSON reporter writes there.
    variable: 'PLAYWRIGHT_JSON_OUTPUT_FILE',
    passedOf: ({ stats }) => stats.expected + stats.flaky,
    failuresOf: failuresOfPlaywright,
  },
];

await ensure().catch(explain);
const outcomes = [];
let current = { name: '', started: 0 };
for (const suite of suites) outcomes.push(await run(suite));
conclude();

function vitest(project, reporter) {
  const outputFile = path.join(results, `${project}.json`);
  const reporters = [`--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${outputFile}`];
  return {
    name: project,
    command: 'vitest',
    args: ['run', '--project', project, ...reporters],
    passedOf: ({ numPassedTests }) => numPassedTests,
    failuresOf: (report) => failuresOfVitest(report, root),
  };
}

async function run({ name, command, args, variable, passedOf, failuresOf }) {
  process.stdout.write(`\n== ${name}\n`);
  const started = Date.now();
  current = { name, started };
  const tail = new Tail();
  const resultFile = path.join(results, `${name}.json`);
  const code = await runOwned(path.join(bin, command), args, {
    cwd: root,
    onOutput: (chunk) => {
      process.stdout.write(chunk);
      tail.take(chunk);
    },
    env: {
      ...process.env,
      // The pinned Node for everything that a test starts as well.
      PATH: `${bin}${path.delimiter}${process.env.PATH}`,
      TURBO_TELEMETRY_DISABLED: '1',
      NODE_ENV: undefined,
      // Written to a file, a line is worth more without its colours.
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1', FORCE_COLOR: undefined }),
      ...(variable === undefined ? {} : { [variable]: resultFile }),
    },
  });
  const report = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : undefined;
  const failures = report === undefined ? [] : failuresOf(report);
  // What no report names is in the last lines, if anywhere.
  if (code !== 0 && failures.length === 0) failures.push({ name: 'ended with', message: tail.text() });
  const passed = report === undefined ? Number(code === 0) : passedOf(report);
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(`== ${name}: ${passed} passed, ${failures.length} failed in ${seconds} s\n`);
  return { passed, failures: failures.map((failure) => ({ suite: name, ...failure })) };
}

function conclude() {
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  if (failures.length > 0) process.stdout.write(`\n== failed\n${list(failures).join('\n')}\n`);
  process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`);
  process.exit(failures.length === 0 ? 0 : 1);
}

function interrupt(signal) {
  const seconds = Math.round((Date.now() - current.started) / 1000);
  const name = `not ended after ${seconds} s: ${signal}`;
  outcomes.push({ passed: 0, failures: [{ suite: current.name, name, message: '' }] });
  conclude();
}
