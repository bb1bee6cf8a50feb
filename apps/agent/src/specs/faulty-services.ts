import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ServerStream, startHttp2Service } from './http2-services.ts';
import { startService } from './services.ts';

/** What a service does with a request; its path says it. */
export type Fault =
  | { readonly type: 'echo' | 'early' | 'short' | 'long' | 'silent' | 'garbage' | 'slow' }
  /** Breaks off after so many bytes of its answer. */
  | { readonly type: 'cut'; readonly at: number };

const BODY = '0123456789abcdefghij';
const head = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;
export const CUT_ANSWER = head(BODY.length) + BODY;
/** Of the body of an answer that is longer than it says. */
export const SAID_BYTES = 5;

export function pathOf(fault: Fault): string {
  return fault.type === 'cut' ? `/cut/${fault.at}` : `/${fault.type}`;
}

/** For specs: services that do to each request what its path says. Return their ports. */
export async function startFaultyService(protocol: 'http' | 'http2'): Promise<number> {
  if (protocol === 'http') return await startService(answerHttp1);
  return (await startHttp2Service((stream, headers) => answerHttp2(stream, headers[':path'] ?? ''))).port;
}

function answerHttp1(request: IncomingMessage, response: ServerResponse): void {
  const [, type, at] = (request.url ?? '').split('/');
  const { socket } = request;
  request.on('error', () => {});
  response.on('error', () => {});
  if (type === 'echo') {
    request.pipe(response);
    return;
  }
  if (type === 'early') {
    response.end('early');
    return;
  }
  request.resume().on('end', () => {
    switch (type) {
      case 'cut':
        socket.write(CUT_ANSWER.slice(0, Number(at)), () => socket.destroy());
        break;
      case 'short':
        socket.end(head(50) + BODY);
        break;
      case 'long':
        socket.write(head(SAID_BYTES) + BODY);
        break;
      case 'garbage':
        socket.write('HTP/1.1 200\r\n\r\n');
        break;
      case 'slow':
        response.setHeader('content-length', BODY.length);
        sendSlowly(
          BODY,
          (text) => response.write(text),
          () => response.end(),
        );
        break;
    }
  });
}

function answerHttp2(stream: ServerStream, path: string): void {
  const [, type, at] = path.split('/');
  if (type === 'echo') {
    stream.respond({ ':status': 200 });
    stream.pipe(stream);
    return;
  }
  if (type === 'early') {
    stream.respond({ ':status': 200 });
    stream.end('early');
    return;
  }
  const INTERNAL = 2;
  stream.resume().on('end', () => {
    if (stream.destroyed) return;
    switch (type) {
      case 'cut':
        if (Number(at) > 0) {
          stream.respond({ ':status': 200, 'content-length': BODY.length });
          stream.write(BODY.slice(0, Number(at) % BODY.length));
        }
        setImmediate(() => stream.close(INTERNAL));
        break;
      case 'garbage':
        stream.close(INTERNAL);
        break;
      case 'short':
        stream.respond({ ':status': 200, 'content-length': 50 });
        stream.end(BODY);
        break;
      case 'long':
        stream.respond({ ':status': 200, 'content-length': SAID_BYTES });
        stream.end(BODY);
        break;
      case 'slow':
        stream.respond({ ':status': 200, 'content-length': BODY.length });
        sendSlowly(
          BODY,
          (text) => stream.write(text),
          () => stream.end(),
        );
        break;
    }
  });
}

/** A byte in each turn of the event loop. */
function sendSlowly(text: string, write: (text: string) => void, end: () => void): void {
  if (text === '') {
    end();
    return;
  }
  write(text.charAt(0));
  setImmediate(() => sendSlowly(text.slice(1), write, end));
}
