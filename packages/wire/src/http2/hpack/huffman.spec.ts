import { expect, it } from 'vitest';
import { decodeHuffman, maxHuffmanOutput } from './huffman.ts';

function decode(hex: string): string | undefined {
  const bytes = Buffer.from(hex, 'hex');
  const out = Buffer.alloc(maxHuffmanOutput(bytes.length) + 1);
  const end = decodeHuffman(bytes, 0, bytes.length, out, 0);
  return end === -1 ? undefined : out.toString('latin1', 0, end);
}

it('decodes short and long codes (RFC 7541 appendices B and C)', () => {
  expect(decode('f1e3c2e5f23a6ba0ab90f4ff')).toBe('www.example.com');
  expect(decode('')).toBe('');
  // Codes of 5, 8, 13, 19, 28 and 30 bits.
  expect(decode('07')).toBe('0');
  expect(decode('f8')).toBe('&');
  expect(decode('ffc7')).toBe('\0');
  expect(decode('fffe1f')).toBe('\\');
  expect(decode('fffffe2f')).toBe('\x02');
  expect(decode('fffffff3')).toBe('\n');
});

it('refuses what does not end as it should', () => {
  expect(decode('ffffffff')).toBeUndefined();
  expect(decode('00')).toBeUndefined();
  expect(decode('07ff')).toBeUndefined();
});
