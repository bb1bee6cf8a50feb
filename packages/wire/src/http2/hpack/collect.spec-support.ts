import { Decoder } from './decoder.ts';

/** For specs: name, value and whether the field is sensitive, of each field in a block; `!` before a malformed one. */
export function decodeWith(decoder: Decoder, block: Uint8Array): [string, string, boolean][] {
  const found: [string, string, boolean][] = [];
  const bytes = Buffer.from(block);
  decoder.decode(bytes, 0, bytes.length, {
    onField(field, sensitive) {
      found.push([`${field.valid ? '' : '!'}${field.name.text}`, field.value, sensitive]);
    },
  });
  return found;
}

export function decode(hex: string, decoder = new Decoder(4096)): string[] {
  const fields = decodeWith(decoder, Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
  return fields.map(([name, value, sensitive]) => `${name}=${value}${sensitive ? ' (sensitive)' : ''}`);
}
