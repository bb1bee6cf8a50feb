/** The few pieces of DER (X.690) a certificate request is made of. */

export function sequence(...parts: Uint8Array[]): Buffer {
  return element(0x30, ...parts);
}

export function set(...parts: Uint8Array[]): Buffer {
  return element(0x31, ...parts);
}

/** Constructed context-specific tag, such as the `[0]` of the attributes. */
export function context(tag: number, ...parts: Uint8Array[]): Buffer {
  return element(0xa0 | tag, ...parts);
}

export function smallInteger(value: number): Buffer {
  return element(0x02, Uint8Array.of(value));
}

export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

/** Whole bytes only: no unused bits. */
export function bitString(bytes: Uint8Array): Buffer {
  return element(0x03, Uint8Array.of(0), bytes);
}

/** Dotted form; every arc in base 128, the first two in one. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return element(0x06, Uint8Array.from(bytes));
}

export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

export function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(tag), length(content.length), content]);
}

/** Short form below 128, else the number of length bytes and the bytes. */
function length(bytes: number): Uint8Array {
  if (bytes < 0x80) return Uint8Array.of(bytes);
  if (bytes < 0x100) return Uint8Array.of(0x81, bytes);
  return Uint8Array.of(0x82, bytes >>> 8, bytes & 0xff);
}
