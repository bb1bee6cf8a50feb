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

for (let index = from; index < to; index++) {
  counter[0] = index;
  try {
    subject.run(inputAt(subject, seed, index));
  } catch (error) {
    tell({ kind: 'failed', index, reason: error instanceof Error ? String(error.stack) : String(error) });
  }
  if ((index - from + 1) % every === 0) {
    collect();
    tell({ kind: 'memory', index, bytes: process.memoryUsage().heapUsed });
  }
}
tell({ kind: 'done' });
