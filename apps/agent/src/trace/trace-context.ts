import { randomFillSync } from 'node:crypto';
import { dropTable, FIELD, type FieldId } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';

const LENGTH = 55;
const DASH = 0x2d;
const noTrace = '0'.repeat(32);
const noParent = '0'.repeat(16);

const BYTES_PER_TRACE = 24;
const BYTES_PER_SPAN = 8;
const pool = Buffer.alloc(BYTES_PER_TRACE * 256);
let next = pool.length;

/** What becomes of the fields a request came with. `replace` leaves tracestate, `restart` drops it with its trace. */
export type TraceFields = 'keep' | 'replace' | 'restart';

/** What a passage drops of the fields of a request: these, and those that the trace replaces. */
export function dropTablesOf(...fields: FieldId[]): Readonly<Record<TraceFields, Uint8Array>> {
  return {
    keep: dropTable(...fields),
    replace: dropTable(...fields, FIELD.traceparent),
    restart: dropTable(...fields, FIELD.traceparent, FIELD.tracestate),
  };
}

/** The part a request takes in a trace. */
export interface RequestTrace {
  readonly fields: TraceFields;
  /** The field line that is added, with CRLF; '' to keep what came. */
  readonly line: string;
  /** As sent on. */
  readonly traceparent: string;
  /** Of a request that gets a span here: the span it came from, '' for none; undefined for no span. */
  readonly parentSpan: string | undefined;
}

/**
 * Continues the trace of a request, or starts one, of which `percent` are sampled. With `makesSpans` a sampled request
 * gets a span here, which takes the place of its parent for whoever is called.
 */
export function traceOf(head: RequestHead, percent: number, makesSpans: boolean): RequestTrace {
  const came = head.known(FIELD.traceparent);
  if (came === undefined || !isTraceparent(came)) return startTrace(percent, makesSpans);
  if (!makesSpans || !isSampled(came))
    return { fields: 'keep', line: '', traceparent: came, parentSpan: undefined };
  // Of a later version only what this one knows is passed on.
  const flags = (Number.parseInt(came.substring(53, LENGTH), 16) & 3).toString(16);
  const traceparent = `00-${came.substring(3, 35)}-${randomHex(BYTES_PER_SPAN)}-0${flags}`;
  const parentSpan = came.substring(36, 52);
  return { fields: 'replace', line: `traceparent: ${traceparent}\r\n`, traceparent, parentSpan };
}

/**
 * W3C Trace Context: neither the trace nor the parent may be all zeros, and `ff` is no version. Of version 00 the length
 * is fixed; what a later one appends stands behind a dash. Asked of every request, so without a regular expression.
 */
export function isTraceparent(value: string): boolean {
  const { length } = value;
  if (length < LENGTH || (length > LENGTH && value.charCodeAt(LENGTH) !== DASH)) return false;
  for (let at = 0; at < LENGTH; at++) {
    const code = value.charCodeAt(at);
    const isHex = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
    const isDashed = at === 2 || at === 35 || at === 52;
    if (isDashed ? code !== DASH : !isHex) return false;
  }
  if (value.startsWith('ff') || (length > LENGTH && value.startsWith('00'))) return false;
  return !value.startsWith(noTrace, 3) && !value.startsWith(noParent, 36);
}

export function isSampled(traceparent: string): boolean {
  return (Number.parseInt(traceparent.charAt(LENGTH - 1), 16) & 1) === 1;
}

export function traceIdOf(traceparent: string): string {
  return traceparent.substring(3, 35);
}

export function spanIdOf(traceparent: string): string {
  return traceparent.substring(36, 52);
}

/** All of a new trace's id is random, which the second flag says (Trace Context level 2). */
function startTrace(percent: number, makesSpans: boolean): RequestTrace {
  const sampled = percent > 0 && Math.random() * 100 < percent;
  const hex = randomHex(BYTES_PER_TRACE);
  const traceparent = `00-${hex.substring(0, 32)}-${hex.substring(32)}-${sampled ? '03' : '02'}`;
  const parentSpan = sampled && makesSpans ? '' : undefined;
  return { fields: 'restart', line: `traceparent: ${traceparent}\r\n`, traceparent, parentSpan };
}

/** Random bytes are drawn for many traces at once. */
function randomHex(bytes: number): string {
  if (next + bytes > pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  next += bytes;
  return pool.toString('hex', next - bytes, next);
}
