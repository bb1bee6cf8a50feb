/** Character classes as 256-byte tables: 1 where the byte belongs to the class. */

export const HTAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const COLON = 58;

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

function range(table: Uint8Array, first: number, last: number): Uint8Array {
  for (let byte = first; byte <= last; byte++) table[byte] = 1;
  return table;
}

/** RFC 9110 section 5.6.2: token. */
export const TOKEN = tableOf(`!#$%&'*+-.^_\`|~${alphanumeric}`);

/** RFC 9110 section 5.5: field-content with its inner white space; obs-text passes as opaque bytes. */
export const FIELD_VALUE = range(range(tableOf('\t'), 0x20, 0x7e), 0x80, 0xff);

/** Visible ASCII without the fragment sign, which has no place in a request target (RFC 9112 section 3.2). */
export const TARGET = range(new Uint8Array(256), 0x21, 0x7e);
TARGET['#'.charCodeAt(0)] = 0;

/** RFC 3986 section 3.2: reg-name, IPv4, bracketed IPv6 and port. Userinfo's "@" is left out on purpose. */
export const HOST = tableOf(`-._~%!$&'()*+,;=[]:${alphanumeric}`);

/** Value of a hexadecimal digit, or 255. */
export const HEX = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}
