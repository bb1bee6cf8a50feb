/**
 * How much a request matters when not all can be served: 0 is critical, 1 is normal, 2 can wait, 3 is what nobody
 * misses. `exempt` is for health checks, which are never refused.
 */
export type Priority = 0 | 1 | 2 | 3 | typeof exempt;
export const exempt = -1;

const LOWER_U = 0x75;
const EQUALS = 0x3d;
const DIGIT_0 = 0x30;

/** By urgency of RFC 9218 section 4.1: 0 is the most urgent of eight, 3 what a request without it has. */
const byUrgency: readonly Priority[] = [0, 0, 1, 1, 2, 2, 3, 3];
const normal: Priority = 1;

/**
 * The priority that the `priority` field of a request asks for. It is a dictionary of structured fields; only the
 * member `u` matters here, the last one counts, and one that is malformed is ignored (RFC 9218 section 4).
 */
export function priorityOf(field: string | undefined): Priority {
  if (field === undefined) return normal;
  let found = normal;
  for (const member of field.split(',')) {
    const text = member.trim();
    if (text.charCodeAt(0) !== LOWER_U || text.charCodeAt(1) !== EQUALS) continue;
    const ends = text.length === 3 || text[3] === ';' || text[3] === ' ';
    const urgency = ends ? byUrgency[text.charCodeAt(2) - DIGIT_0] : undefined;
    if (urgency !== undefined) found = urgency;
  }
  return found;
}
