import type { TelemetryStore } from './store.ts';

const minSpanMs = 1_000;

/** How much of a window was measured at all: a mesh two minutes old has its rate of two minutes, not of an hour. */
export function measuredMs(telemetry: Pick<TelemetryStore, 'since'>, windowMs: number, now: number): number {
  return Math.min(windowMs, Math.max(minSpanMs, now - telemetry.since()));
}
