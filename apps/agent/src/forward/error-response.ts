import { type DataPathErrorCode, dataPathErrors } from '../errors.ts';

/** The text of an answer of the mesh's own, complete; `detail` may hold anything a peer or a file said. */
export function errorResponse(
  code: DataPathErrorCode,
  detail: string,
  options: { json: boolean; withBody: boolean; close: boolean; status?: number },
): string {
  const { status: ownStatus, message } = dataPathErrors[code];
  const status = options.status ?? ownStatus;
  const sentence = detail === '' ? `${message}.` : `${message}: ${detail}`;
  const body = options.json
    ? JSON.stringify({ error: { code, message: sentence } })
    : `${code}: ${sentence}\n`;
  // Written as latin1 like every head: what does not fit into it is escaped, not cut.
  const bytes = body.replace(
    /[^\t\n -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const type = options.json ? 'application/json' : 'text/plain; charset=utf-8';
  return (
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\n` +
    `x-tulle-error: ${code}\r\ncontent-type: ${type}\r\ncontent-length: ${bytes.length}\r\n` +
    `${options.close ? 'connection: close\r\n' : ''}\r\n${options.withBody ? bytes : ''}`
  );
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  417: 'Expectation Failed',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};
