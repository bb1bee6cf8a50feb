import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { MeshError } from '@tulle/mesh/errors';
import type { Logger } from 'pino';

/** Answers an upgrade that is not wanted, with the reason in JSON, and closes. */
export function refuseUpgrade(socket: Duplex, error: unknown, logger: Logger): void {
  const { status, code, message } = reasonOf(error, logger);
  const body = JSON.stringify({ code, message });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-tulle-error: ${code}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function reasonOf(error: unknown, logger: Logger): { status: number; code: string; message: string } {
  if (error instanceof MeshError) {
    logger.info({ code: error.code, reason: error.message }, 'refused a connection');
    return { status: error.status, code: error.code, message: error.message };
  }
  logger.error({ err: error }, 'could not look at a connection');
  return { status: 500, code: 'internal', message: 'The server failed; its log says why.' };
}
