import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { joinTokenPattern } from '@tulle/mesh/agent-protocol';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const idLength = 12;
/** 43 of 62 letters are 256 bits. */
const secretLength = 43;

export interface TokenParts {
  readonly id: string;
  readonly secret: string;
  readonly rootFingerprint: string;
}

export function newTokenParts(rootFingerprint: string): TokenParts {
  return { id: randomText(idLength), secret: randomText(secretLength), rootFingerprint };
}

export function tokenText({ id, secret, rootFingerprint }: TokenParts): string {
  return `tulle1_${id}_${secret}_${rootFingerprint}`;
}

export function parseToken(text: string): TokenParts | undefined {
  const [, id, secret, rootFingerprint] = joinTokenPattern.exec(text.trim()) ?? [];
  if (id === undefined || secret === undefined || rootFingerprint === undefined) return undefined;
  return { id, secret, rootFingerprint };
}

export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** In constant time, so that nobody learns a secret letter by letter. */
export function secretFits(secret: string, secretHash: string): boolean {
  const given = Buffer.from(hashSecret(secret), 'hex');
  const kept = Buffer.from(secretHash, 'hex');
  return given.length === kept.length && timingSafeEqual(given, kept);
}

function randomText(length: number): string {
  let text = '';
  while (text.length < length) text += alphabet[randomInt(alphabet.length)];
  return text;
}
