import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { DataPlaneLogger } from '../data-plane.ts';
import { PRESSURE, type Pressure } from './memory-guard.ts';

/** `accept` failed in the kernel; for the others there is a limit. */
export type RefusalReason = 'connections' | 'memory' | 'descriptors' | 'accept';
export type RefusedConnections = Readonly<Record<RefusalReason, number>>;

const complainEveryMs = 1_000;

/** Of the descriptors, what callers leave to backends, files and the admin port … */
const reservedShare = 0.25;
/** … and at most so many. */
const mostReserved = 1_024;

/** Memory is looked at after this many connections. */
const crowd = 32;

/** What the agent carries already. */
export interface Load {
  readonly callers: { readonly size: number };
  readonly pressure: Pressure;
}

/** Descriptors this process may have open; no limit where the system does not say. */
export function descriptorLimit(limits = '/proc/self/limits'): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync(limits, 'utf8'))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Says which connections of callers are accepted, counts those that are closed at once, and logs why at most once a
 * second. A system that is out of descriptors closes connections without a word to anybody, and leaves none for backends:
 * before it comes to that, callers are refused here.
 */
export class EntryGuard {
  readonly refused = { connections: 0, memory: 0, descriptors: 0, accept: 0 };
  private readonly load: Load;
  private readonly maxConnections: number;
  private readonly logger: DataPlaneLogger;
  private lookAtMemory: (() => void) | undefined = undefined;
  private accepted = 0;
  /** The first number of a descriptor that is reserved: the system always gives the lowest that is free. */
  private readonly reservedFrom: number;
  private complainedAt = Number.NEGATIVE_INFINITY;

  constructor(load: Load, maxConnections: number, logger: DataPlaneLogger, limit = descriptorLimit()) {
    this.load = load;
    this.maxConnections = maxConnections;
    this.logger = logger;
    this.reservedFrom = limit - Math.min(mostReserved, Math.ceil(limit * reservedShare));
  }

  /** Has `look` called between connections that come in crowds, which leave timers no turn. */
  onCrowd(look: () => void): void {
    this.lookAtMemory = look;
  }

  /** What the kernel had accepted when draining began is served: its caller does not know of the end yet. */
  readonly mayAccept = (socket: Socket): boolean => {
    this.accepted++;
    if (this.accepted % crowd === 0) this.lookAtMemory?.();
    const { callers, pressure } = this.load;
    if (callers.size >= this.maxConnections) return this.refuse('connections');
    // With nobody there, memory is taken by something that refusing does not give back.
    if (pressure >= PRESSURE.shedding && callers.size > 0) return this.refuse('memory');
    return this.hasDescriptorsAfter(socket) || this.refuse('descriptors');
  };

  private hasDescriptorsAfter(socket: Socket): boolean {
    const handle: { readonly fd?: number } | null | undefined = Reflect.get(socket, '_handle');
    return (handle?.fd ?? -1) < this.reservedFrom;
  }

  refuse(reason: RefusalReason, error?: Error): false {
    this.refused[reason]++;
    const now = performance.now();
    if (now - this.complainedAt < complainEveryMs) return false;
    this.complainedAt = now;
    this.logger.warn(
      { reason, refused: { ...this.refused }, err: error },
      'connections of callers are refused',
    );
    return false;
  }
}
