import type { RequestHead } from '@tulle/wire/http/message-head';
import { cookieValue } from '../balance/cookie-value.ts';

/** Something of a request that rules ask for; read when a rule asks, never before. */
export interface RequestValue {
  /** Equal for values that are read the same way. */
  readonly id: string;
  /** Undefined when the request has none. */
  read(head: RequestHead, source: string): string | undefined;
}

export const methodValue: RequestValue = { id: 'method', read: (head) => head.method };

export const sourceValue: RequestValue = { id: 'source', read: (_head, source) => source };

/** `name` in lower case. HTTP/2 and absolute targets have the host elsewhere than in a field. */
export function headerNamed(name: string): RequestValue {
  const id = `header ${name}`;
  return name === 'host' ? { id, read: (head) => head.authority } : { id, read: (head) => head.get(name) };
}

export function queryNamed(name: string): RequestValue {
  return { id: `query ${name}`, read: (head) => queryParameter(head.path, name) };
}

export function cookieNamed(name: string): RequestValue {
  return { id: `cookie ${name}`, read: (head) => cookieValue(head, name) };
}

/**
 * Value of the first parameter with this name in the query of a request target, decoded as forms are
 * (`application/x-www-form-urlencoded`): `+` is a space; what is not UTF-8 in percent-encoding stays as it came.
 */
export function queryParameter(target: string, name: string): string | undefined {
  let start = target.indexOf('?') + 1;
  if (start === 0) return undefined;
  while (start <= target.length) {
    const ampersand = target.indexOf('&', start);
    const end = ampersand < 0 ? target.length : ampersand;
    const equals = target.indexOf('=', start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    if (isNamed(target, start, nameEnd, name)) return decoded(target.substring(nameEnd + 1, end));
    start = end + 1;
  }
  return undefined;
}

/** An empty piece between two ampersands is no parameter. */
function isNamed(target: string, start: number, end: number, name: string): boolean {
  if (start === end) return false;
  // Decoding never makes longer.
  if (end - start < name.length) return false;
  return decoded(target.substring(start, end)) === name;
}

function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
