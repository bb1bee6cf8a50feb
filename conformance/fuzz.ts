/**
 * Structure-aware fuzzing of the codecs, and of HTTP/1.1 against llhttp: what Tulle accepts, llhttp has to accept with
 * the same framing.
 *   npm run conformance:fuzz -- [--inputs 10000000] [--seed 1] [--only http1,http2,llhttp,dns,clientHello]
 *   … --at 4711      runs that input alone and shows it
 *   … --grow 20000   runs so many inputs under coverage and keeps those that reached something new
 * Every input follows from seed and number. Fails on an exception, on an input that takes longer than 10 s, and when the
 * heap grows. Ctrl-C ends a subject early, and tells how far it came.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Coverage } from './fuzz/coverage.ts';
import type { FuzzNotice, FuzzOrder } from './fuzz/fuzz-worker.ts';
import { inputAt, subjects, writeCorpus } from './fuzz/subject.ts';

const HANG_MS = 10_000;
const MAX_GROWTH_BYTES = 5_000_000;
const MAX_SHOWN = 10;
const MAX_CORPUS_INPUT_BYTES = 400;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: 'http1,http2,llhttp,dns,clientHello' },
    at: { type: 'string' },
    grow: { type: 'string' },
  },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed);

function subjectOf(name: string) {
  const subject = subjects[name];
  if (subject === undefined) throw new Error(`there is no subject ${name}`);
  return subject;
}

/** Runs the inputs on a thread of its own, so that a hang is noticed and ended. */
function fuzz(name: string): Promise<boolean> {
  const progress = new SharedArrayBuffer(8);
  const counter = new Float64Array(progress);
  const order: FuzzOrder = { subject: name, seed, from: 0, to: inputs, progress };
  const worker = new Worker(join(import.meta.dirname, 'fuzz/fuzz-worker.ts'), {
    workerData: order,
  });
  const heap: number[] = [];
  const startedAt = performance.now();
  let failures = 0;
  let last = -1;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const watch = setInterval(() => {
    if (counter[0] === last && heap.length < 20) {
      console.log(`FAILED ${name}: input ${last} of seed ${seed} does not end`);
      conclude(false);
    }
    last = counter[0] ?? 0;
  }, HANG_MS);
  const conclude = (isGood: boolean) => {
    clearInterval(watch);
    void worker.terminate();
    resolve(isGood);
  };
  worker.on('message', (notice: FuzzNotice) => {
    if (notice.kind === 'failed') {
      failures++;
      if (failures <= MAX_SHOWN)
        console.log(`FAILED ${name}: input ${notice.index} of seed ${seed}\n${notice.reason}`);
    } else if (notice.kind === 'memory') {
      heap.push(notice.bytes);
    } else {
      conclude(summarise(name, inputs, failures, heap, performance.now() - startedAt));
    }
  });
  process.once('SIGINT', () => {
    conclude(summarise(name, counter[0] ?? 0, failures, heap, performance.now() - startedAt));
  });
  worker.on('error', (error) => {
    console.log(`FAILED ${name}: near input ${counter[0]} of seed ${seed}: ${error.stack}`);
    conclude(false);
  });
  return promise;
}

function summarise(
  name: string,
  count: number,
  failures: number,
  heap: readonly number[],
  elapsedMs: number,
): boolean {
  // The first looks are before everything was compiled.
  const growth = (heap.at(-1) ?? 0) - (heap[heap.length >> 2] ?? 0);
  const each = (elapsedMs * 1_000) / count;
  console.log(
    `${name}: ${count} inputs of seed ${seed}, ${failures} failed, heap ${(growth / 1e6).toFixed(1)} MB larger at the end, ${each.toFixed(0)} µs each`,
  );
  return failures === 0 && growth <= MAX_GROWTH_BYTES;
}

async function grow(name: string, count: number): Promise<void> {
  const subject = subjectOf(name);
  const coverage = new Coverage(subject.sources);
  await coverage.start();
  const kept: Buffer[] = [];
  const consider = async (input: Buffer) => {
    subject.run(input);
    if ((await coverage.hasGrown()) && input.length <= MAX_CORPUS_INPUT_BYTES) kept.push(input);
  };
  for (const input of subject.corpus) await consider(input);
  for (let index = 0; index < count; index++) await consider(inputAt(subject, seed, index));
  writeCorpus(name, kept);
  console.log(`${name}: ${kept.length} inputs in the corpus, ${subject.corpus.length} before`);
}

for (const name of values.only.split(',')) {
  if (values.grow !== undefined) {
    if (name !== 'llhttp') await grow(name, Number(values.grow));
  } else if (values.at !== undefined) {
    const subject = subjectOf(name);
    const input = inputAt(subject, seed, Number(values.at));
    console.log(`${name}: ${JSON.stringify(input.toString('latin1'))}`);
    subject.run(input);
  } else if (!(await fuzz(name))) {
    process.exitCode = 1;
  }
}
