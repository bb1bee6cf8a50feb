import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { reasonPhrases } from '@tulle/wire/http1/reason-phrases';
import { type DataPathErrorCode, dataPathErrors } from '../errors.ts';
import { grpcErrorAnswer } from '../grpc/grpc-error.ts';
import { grpcFlavourOf } from '../grpc/is-grpc.ts';
import type { RedirectDecision } from '../router/route-decision.ts';

/** An answer of the mesh's own, for the caller to write in the version it speaks. */
export interface MeshAnswer {
  readonly status: number;
  /** Whole field lines with CRLF, names in lower case; without those that frame the message. */
  readonly lines: string;
  /** ASCII. */
  readonly body: string;
}

export interface AnswerOptions {
  /** Further fields of the answer: whole lines. */
  readonly lines?: string;
  /** In place of what the code has. */
  readonly status?: number;
  readonly grpcStatus?: number;
}

/** `detail` may hold anything a peer or a file said. */
export function errorAnswer(
  code: DataPathErrorCode,
  detail: string,
  head: RequestHead | undefined,
  { lines = '', status = dataPathErrors[code].status, grpcStatus }: AnswerOptions = {},
): MeshAnswer {
  const flavour = head?.method === 'POST' ? grpcFlavourOf(head.known(FIELD.contentType)) : undefined;
  if (flavour !== undefined) return grpcErrorAnswer(code, detail, flavour, lines, grpcStatus);
  const { message } = dataPathErrors[code];
  const sentence = detail === '' ? `${message}.` : `${message}: ${detail}`;
  const json = (head?.known(FIELD.accept) ?? '').includes('application/json');
  const body = json ? JSON.stringify({ error: { code, message: sentence } }) : `${code}: ${sentence}\n`;
  const type = json ? 'application/json' : 'text/plain; charset=utf-8';
  return {
    status,
    lines: `x-tulle-error: ${code}\r\ncontent-type: ${type}\r\n${lines}`,
    body: escapeNonAscii(body),
  };
}

export function redirectAnswer({ status, location }: RedirectDecision, head: RequestHead): MeshAnswer {
  return { status, lines: `location: ${location(head)}\r\n`, body: '' };
}

/** Written as latin1 like every head: what does not fit into it is escaped, not cut. */
function escapeNonAscii(text: string): string {
  return text.replace(
    /[^\t\n -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** For HTTP/1.1, complete. */
export function serialiseAnswer(
  { status, lines, body }: MeshAnswer,
  options: { withBody: boolean; close: boolean },
): string {
  return (
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Error'}\r\n${lines}content-length: ${body.length}\r\n` +
    `${options.close ? 'connection: close\r\n' : ''}\r\n${options.withBody ? body : ''}`
  );
}
