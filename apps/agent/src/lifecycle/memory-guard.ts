import { readFileSync } from 'node:fs';
import type { DataPlane, DataPlaneLogger } from '../data-plane.ts';
import { CollectionSchedule } from './collection-schedule.ts';

/** How scarce memory is; each level does what those below it do as well. */
export const PRESSURE = {
  none: 0,
  /** Idle connections go, new ones of HTTP/2 get small windows, garbage is collected. */
  tight: 1,
  /** New requests are answered 503 `shed`: those that nobody misses … */
  sheddingLeast: 2,
  /** … those that can wait … */
  sheddingLow: 3,
  /** … and normal ones. */
  sheddingNormal: 4,
  /** New connections are closed. */
  shedding: 5,
  /** Callers that most bytes wait for are cut off, and critical requests refused as well. */
  full: 6,
} as const;
export type Pressure = (typeof PRESSURE)[keyof typeof PRESSURE];

/** Shares of the limit from which each level holds. */
const from: readonly number[] = [0, 0.8, 0.84, 0.87, 0.9, 0.95, 1];
/** A level holds until this much less is used, so that it does not come and go with every sample. */
const slack = 0.05;

/** Of what the system allows: a burst may take more than the limit for a moment. */
const shareOfAllowed = 0.9;

const sampleEveryMs = 50;

/** The level that follows `former` when `share` of the limit is used. */
export function nextPressure(former: Pressure, share: number): Pressure {
  let level: Pressure = PRESSURE.full;
  while (level > 0 && share < (from[level] as number) - (level <= former ? slack : 0))
    level = (level - 1) as Pressure;
  return level;
}

/**
 * What the system allows this process, in bytes, by its control group of version 2 or 1; undefined without a limit. In a
 * container the group may have a name of the host's, and is the root there.
 */
export function memoryAllowed(
  root = '/sys/fs/cgroup',
  groups = readIfThere('/proc/self/cgroup') ?? '',
): number | undefined {
  const second = /^0::(.*)$/m.exec(groups)?.[1] ?? '';
  const first = /^\d+:memory:(.*)$/m.exec(groups)?.[1] ?? '';
  const limits = [
    `${root}${second}/memory.max`,
    `${root}/memory.max`,
    `${root}/memory${first}/memory.limit_in_bytes`,
    `${root}/memory/memory.limit_in_bytes`,
  ];
  for (const file of limits) {
    // `max`, or a number far beyond what there is, when nothing was set.
    const bytes = Number(readIfThere(file));
    if (Number.isSafeInteger(bytes)) return bytes;
  }
  return undefined;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Share of what a limit leaves to traffic that JavaScript may hold whatever is resident. */
const freeShare = 0.15;
/** Below the level at which the first are refused, also on the way down from it. */
const calm = 0.78;

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
 * follows that of the control group when undefined, in equal parts where several `processes` share it; 0 is no limit.
 */
export function guardMemory(
  plane: Pick<DataPlane, 'relieve' | 'onCrowd'>,
  logger: DataPlaneLogger,
  memoryLimit: number | undefined,
  processes = 1,
): void {
  const limitBytes = memoryLimit ?? ((memoryAllowed() ?? 0) * shareOfAllowed) / processes;
  if (limitBytes === 0) return;
  let level: Pressure = PRESSURE.none;
  const use = new MemoryUse(limitBytes);
  const schedule = new CollectionSchedule();
  const look = () => {
    const usage = process.memoryUsage();
    const usedBytes = use.usedOf(usage);
    const next = nextPressure(level, usedBytes / limitBytes);
    if (next !== level) {
      const fields = { from: level, to: next, usedBytes, rssBytes: usage.rss, limitBytes };
      logger.warn(fields, 'memory pressure');
    }
    level = next;
    plane.relieve(level);
    if (level !== PRESSURE.none && schedule.isDue(heldBytes(usage), performance.now())) collect(schedule);
  };
  plane.onCrowd(look);
  setInterval(look, sampleEveryMs).unref();
}

/** Of JavaScript, garbage included. */
function heldBytes({ heapUsed, external }: NodeJS.MemoryUsage): number {
  return heapUsed + external;
}

function collect(schedule: CollectionSchedule): void {
  const begunAt = performance.now();
  globalThis.gc?.({ type: 'major', execution: 'sync' });
  schedule.collected(heldBytes(process.memoryUsage()), begunAt, performance.now());
}
