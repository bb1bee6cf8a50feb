import { PRESSURE, type Pressure } from '../lifecycle/memory-guard.ts';
import type { Priority } from './priority.ts';

/** By priority: from which pressure on a request is refused. What matters least goes first. */
const refusedFrom: readonly Pressure[] = [
  PRESSURE.full,
  PRESSURE.sheddingNormal,
  PRESSURE.sheddingLow,
  PRESSURE.sheddingLeast,
];

/** Refuses requests while memory is scarce; one for each data path. */
export class MemoryShedding {
  /** Requests refused since the process began, by priority. */
  readonly refused: [number, number, number, number] = [0, 0, 0, 0];

  /**
   * Whether a request is to be refused, which is counted. `inFlight` is how many there are with it: the only one there
   * is passes, since an agent whose memory something else has taken would otherwise serve nobody for good. Health
   * checks (`exempt`) always pass.
   */
  refuses(pressure: Pressure, priority: Priority, inFlight: number): boolean {
    if (priority < 0 || inFlight <= 1 || pressure < (refusedFrom[priority] as number)) return false;
    this.refused[priority as 0]++;
    return true;
  }
}
