import { readFileSync } from 'node:fs';
import type { DataPlane, DataPlaneLogger } from '../data-plane.ts';

/** How scarce memory is; each level does what those below it do as well. */
export const PRESSURE = {
  none: 0,
  /** Idle connections go, new ones of HTTP/2 get small windows. */
  tight: 1,
  /** New connections are closed, new requests answered 503 `shed`. */
  shedding: 2,
  /** Callers that most bytes wait for are cut off. */
  full: 3,
} as const;
export type Pressure = (typeof PRESSURE)[keyof typeof PRESSURE];

/** Shares of the limit from which each level holds. */
const from: readonly number[] = [0, 0.8, 0.9, 1];
/** A level holds until this much less is used, so that it does not come and go with every sample. */
const slack = 0.05;

/** Of what the system allows: a burst may take more than the limit for a moment. */
const shareOfAllowed = 0.9;

const sampleEveryMs = 50;
/** What was let go is returned to the system only by a collection. */
const collectEveryMs = 2_000;

/** The level that follows `former` when `share` of the limit is used. */
export function nextPressure(former: Pressure, share: number): Pressure {
  let level: Pressure = PRESSURE.full;
  while (level > 0 && share < (from[level] as number) - (level <= former ? slack : 0))
    level = (level - 1) as Pressure;
  return level;
}

/** What the system allows this process (control groups, version 2), in bytes; undefined without a limit. */
export function memoryAllowed(root = '/sys/fs/cgroup'): number | undefined {
  try {
    const group = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
    const bytes = Number(readFileSync(`${root}${group}/memory.max`, 'utf8'));
    return Number.isSafeInteger(bytes) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Share of what a limit leaves to traffic that JavaScript may hold whatever is resident. */
const freeShare = 0.15;
/** Below the level of shedding, also on the way down from it. */
const calm = 0.84;

/**
 * How much of a limit is used, in bytes. Resident memory counts; but an allocator gives back little of what was let go,
 * and takes it up again. Once JavaScript itself holds little, there is nothing left to shed, and requests are let in.
 */
export class MemoryUse {
  private readonly limitBytes: number;
  private lowestResident = Number.POSITIVE_INFINITY;
  private lowestLive = Number.POSITIVE_INFINITY;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  usedOf({ rss, heapTotal, external }: NodeJS.MemoryUsage): number {
    const { limitBytes } = this;
    const live = heapTotal + external;
    this.lowestResident = Math.min(this.lowestResident, rss);
    this.lowestLive = Math.min(this.lowestLive, live);
    const free = (limitBytes - this.lowestResident) * freeShare;
    return live - this.lowestLive > free ? rss : Math.min(rss, limitBytes * calm);
  }
}

/**
 * Looks at the memory of this process and has the data plane save, so that it is not ended by the system. `limitBytes`
 * follows that of the control group when undefined; 0 is no limit.
 */
export function guardMemory(
  plane: Pick<DataPlane, 'relieve' | 'onCrowd'>,
  logger: DataPlaneLogger,
  limitBytes = (memoryAllowed() ?? 0) * shareOfAllowed,
): void {
  if (limitBytes === 0) return;
  let pressure: Pressure = PRESSURE.none;
  let collectedAt = 0;
  const use = new MemoryUse(limitBytes);
  const sample = () => {
    const usage = process.memoryUsage();
    const usedBytes = use.usedOf(usage);
    const next = nextPressure(pressure, usedBytes / limitBytes);
    if (next !== pressure) {
      const fields = { from: pressure, to: next, usedBytes, rssBytes: usage.rss, limitBytes };
      logger.warn(fields, 'memory pressure');
    }
    pressure = next;
    plane.relieve(pressure);
    if (pressure === PRESSURE.none || performance.now() - collectedAt < collectEveryMs) return;
    globalThis.gc?.({ type: 'major', execution: 'sync' });
    collectedAt = performance.now();
  };
  plane.onCrowd(sample);
  setInterval(sample, sampleEveryMs).unref();
}
