import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { inputAt, subjects } from './subject.ts';

export interface FuzzOrder {
  readonly subject: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** One counter: the input that is being run. */
  readonly progress: SharedArrayBuffer;
}

export type FuzzNotice =
  | { readonly kind: 'failed'; readonly index: number; readonly reason: string }
  | { readonly kind: 'memory'; readonly index: number; readonly bytes: number }
  | { readonly kind: 'done' };

/** How often the heap is looked at. */
const LOOKS = 20;

const { subject: name, seed, from, to, progress } = workerData as FuzzOrder;
const subject = subjects[name];
if (subject === undefined) throw new Error(`there is no subject ${name}`);
const counter = new Float64Array(progress);
const every = Math.max(1, Math.floor((to - from) / LOOKS));
const tell = (notice: FuzzNotice) => parentPort?.postMessage(notice);
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

// Refusing is what a codec does all the time here, and a stack is most of what that costs.
Error.stackTraceLimit = 0;

/** Once more, with the stack. */
function reasonOf(input: Buffer): string {
  Error.stackTraceLimit = 10;
  try {
    subject?.run(input);
    return 'it fails only once';
  } catch (error) {
    return error instanceof Error ? String(error.stack) : String(error);
  } finally {
    Error.stackTraceLimit = 0;
  }
}

for (let index = from; index < to; index++) {
  counter[0] = index;
  const input = inputAt(subject, seed, index);
  try {
    subject.run(input);
  } catch {
    tell({ kind: 'failed', index, reason: reasonOf(input) });
  }
  if ((index - from + 1) % every === 0) {
    collect();
    tell({ kind: 'memory', index, bytes: process.memoryUsage().heapUsed });
  }
}
tell({ kind: 'done' });
