import type { HeadEdit } from '@tulle/wire/http/head-edit';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import type { ServerStream } from '@tulle/wire/http2/server-stream';

/**
 * A service of HTTP/1.1 may pass over an Upgrade and answer the request (RFC 9110 section 7.8), where a 2xx of HTTP/2
 * would grant the tunnel (RFC 8441 section 5). So the answer goes on as a refusal that names its status, and the agent
 * of a caller that speaks HTTP/1.1 gives that back.
 */
const STATUS_FIELD = 'x-tulle-status';
const REFUSED = 502;

/** Sends a 2xx that grants nothing; the head is as before when this returns. */
export function sendRefusedTunnel(
  stream: ServerStream,
  head: ResponseHead,
  edit: HeadEdit,
  ended: boolean,
): void {
  const { status } = head;
  head.status = REFUSED;
  stream.sendResponseHead(head, { ...edit, added: `${edit.added}${STATUS_FIELD}: ${status}\r\n` }, ended);
  head.status = status;
}

/**
 * Gives the answer to an upgrade the status that {@link sendRefusedTunnel} took from it. For answers of agents: content
 * behind a status that has none (RFC 9110 section 15.3.5) would be read as the next answer.
 */
export function restoreRefusedTunnel(head: ResponseHead): void {
  const text = head.status === REFUSED ? head.get(STATUS_FIELD) : undefined;
  if (text === undefined || !/^2\d\d$/.test(text) || (text === '204' && head.framing !== 'none')) return;
  head.status = Number(text);
  head.leaveOut(STATUS_FIELD);
}
