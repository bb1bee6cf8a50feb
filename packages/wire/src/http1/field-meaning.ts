import type { Bytes } from '../http/bytes.ts';
import { HTAB, SP, TOKEN } from '../http/characters.ts';
import { bytesOf, FIELD, type FieldId, startsWith } from '../http/known-fields.ts';
import type { MessageHead } from '../http/message-head.ts';
import { WireError } from './errors.ts';

/** Most digits that still make a safe integer: 999,999,999,999,999. */
const MAX_LENGTH_DIGITS = 15;

/** RFC 9110 section 8.6: one plain decimal number; a list of equal numbers is refused, too. */
function readContentLength(bytes: Bytes, start: number, end: number): number {
  if (start === end || end - start > MAX_LENGTH_DIGITS) throw new WireError('invalid-content-length');
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) throw new WireError('invalid-content-length');
    value = value * 10 + digit;
  }
  return value;
}

/** Fields that Connection may not name: without them the message could be read in two ways. */
const neverNominated = new Set(['host', 'content-length', 'transfer-encoding']);
/** Every field is looked for among those that are named: thousands of them would cost as much as hundreds of requests. */
const MAX_NOMINATED = 32;

function addOption(head: MessageHead, option: string): void {
  if (option === 'close') head.close = true;
  else if (option === 'keep-alive') head.keepAlive = true;
  else if (option === 'upgrade') head.upgradeOption = true;
  else if (neverNominated.has(option) || head.nominated?.length === MAX_NOMINATED)
    throw new WireError('invalid-connection-option');
  else head.leaveOut(option);
}

const keepAlive = bytesOf('keep-alive');

/** RFC 9110 section 7.6.1: a comma-separated list of tokens. */
function readConnection(head: MessageHead, bytes: Bytes, start: number, end: number): void {
  // What nearly every message has, before any string is made.
  if (end - start === keepAlive.length && startsWith(bytes, start, keepAlive)) {
    head.keepAlive = true;
    return;
  }
  let at = start;
  while (at < end) {
    while (at < end && (bytes[at] === SP || bytes[at] === HTAB || bytes[at] === 0x2c)) at++;
    const optionStart = at;
    while (at < end && TOKEN[bytes[at] as number] === 1) at++;
    if (at > optionStart) addOption(head, bytes.toString('latin1', optionStart, at).toLowerCase());
    while (at < end && (bytes[at] === SP || bytes[at] === HTAB)) at++;
    if (at < end && bytes[at] !== 0x2c) throw new WireError('invalid-connection-option');
  }
}

/** llhttp takes a coding with a tab behind it for one it does not know, and then reads until the connection ends. */
function hasTabBehind(bytes: Bytes, end: number): boolean {
  let at = end;
  while (bytes[at] === SP) at++;
  return bytes[at] === HTAB;
}

/** Takes in what a field says about the framing of its message and about the connection. */
export function takeMeaning(head: MessageHead, id: FieldId, bytes: Bytes, start: number, end: number): void {
  switch (id) {
    case FIELD.contentLength:
      if (head.contentLength !== -1) throw new WireError('duplicate-content-length');
      head.contentLength = readContentLength(bytes, start, end);
      break;
    case FIELD.transferEncoding:
      // RFC 9112 section 6.1. A second field would make a list, and a list is more than one coding.
      if (
        head.chunked ||
        end - start !== 7 ||
        bytes.toString('latin1', start, end).toLowerCase() !== 'chunked' ||
        hasTabBehind(bytes, end)
      ) {
        throw new WireError('unsupported-transfer-coding');
      }
      head.chunked = true;
      break;
    case FIELD.connection:
      readConnection(head, bytes, start, end);
      break;
    case FIELD.upgrade:
      head.upgrade = bytes.toString('latin1', start, end).toLowerCase();
      break;
  }
}

/** What can be judged only when every field was read. */
export function judgeFraming(head: MessageHead): void {
  if (head.chunked) {
    // RFC 9112 section 6.1: the two together are a smuggling attempt or a broken peer.
    if (head.contentLength !== -1) throw new WireError('conflicting-framing');
    if (head.minor === 0) throw new WireError('transfer-coding-in-old-version');
  }
  // RFC 9110 section 7.8: what HTTP/1.0 asks for is passed over.
  if (!head.upgradeOption || head.minor === 0) head.upgrade = '';
}
