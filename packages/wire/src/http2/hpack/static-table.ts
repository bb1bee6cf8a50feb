import { Field, FieldName, isValidValue, PSEUDO } from './field.ts';

/** RFC 7541 appendix A. */
const entries: readonly (readonly [name: string, value: string])[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language', ''],
  ['accept-ranges', ''],
  ['accept', ''],
  ['access-control-allow-origin', ''],
  ['age', ''],
  ['allow', ''],
  ['authorization', ''],
  ['cache-control', ''],
  ['content-disposition', ''],
  ['content-encoding', ''],
  ['content-language', ''],
  ['content-length', ''],
  ['content-location', ''],
  ['content-range', ''],
  ['content-type', ''],
  ['cookie', ''],
  ['date', ''],
  ['etag', ''],
  ['expect', ''],
  ['expires', ''],
  ['from', ''],
  ['host', ''],
  ['if-match', ''],
  ['if-modified-since', ''],
  ['if-none-match', ''],
  ['if-range', ''],
  ['if-unmodified-since', ''],
  ['last-modified', ''],
  ['link', ''],
  ['location', ''],
  ['max-forwards', ''],
  ['proxy-authenticate', ''],
  ['proxy-authorization', ''],
  ['range', ''],
  ['referer', ''],
  ['refresh', ''],
  ['retry-after', ''],
  ['server', ''],
  ['set-cookie', ''],
  ['strict-transport-security', ''],
  ['transfer-encoding', ''],
  ['user-agent', ''],
  ['vary', ''],
  ['via', ''],
  ['www-authenticate', ''],
];

export const STATIC_COUNT = entries.length;

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const names = new Map<string, FieldName>();

function nameOf(text: string): FieldName {
  const known = names.get(text);
  if (known !== undefined) return known;
  const made = new FieldName(text, bytesOf(text), 0, text.length);
  names.set(text, made);
  return made;
}

function fieldOf(name: FieldName, value: string): Field {
  const line = name.pseudo === PSEUDO.none ? `${name.text}: ${value}\r\n` : value;
  return new Field(name, line, value.length, isValidValue(name.pseudo, bytesOf(value), 0, value.length));
}

/** By index from 1 on, as RFC 7541 counts; the first is a stand-in that no index may name. */
export const staticFields: readonly Field[] = [
  fieldOf(nameOf('x'), ''),
  ...entries.map(([name, value]) => fieldOf(nameOf(name), value)),
];

/** Index of the first entry with a name, for literals. */
export const staticNameIndexes: ReadonlyMap<string, number> = new Map(
  entries.map(([name], index): [string, number] => [name, index + 1]).reverse(),
);
