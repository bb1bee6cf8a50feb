/** Milliseconds of each TimeoutUnit (PROTOCOL-HTTP2 of grpc/grpc). */
const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Largest TimeoutValue: eight digits. */
const MOST = 99_999_999;

/**
 * Milliseconds that grpc-timeout allows, 0 when none are left; undefined when the value is not one. Strict: one to
 * eight digits and a unit, nothing else.
 */
export function parseGrpcTimeout(value: string): number | undefined {
  const [, digits = '', unit = ''] = /^([0-9]{1,8})([HMSmun])$/.exec(value) ?? [];
  const ms = unitMs[unit];
  return ms === undefined ? undefined : Number(digits) * ms;
}

/**
 * A value for grpc-timeout in the finest unit that eight digits hold, rounded down: what is passed on may only be
 * shorter. At least a nanosecond, because TimeoutValue is positive.
 */
export function formatGrpcTimeout(ms: number): string {
  const ns = ms * 1e6;
  if (ns <= MOST) return `${Math.max(1, Math.floor(ns))}n`;
  const us = ms * 1e3;
  if (us <= MOST) return `${Math.floor(us)}u`;
  if (ms <= MOST) return `${Math.floor(ms)}m`;
  const seconds = ms / 1_000;
  return seconds <= MOST ? `${Math.floor(seconds)}S` : `${MOST}S`;
}
