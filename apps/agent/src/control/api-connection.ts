import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import { ResponseReader } from '@tulle/wire/http1/response-reader';

const maxBodyBytes = 256 * 1024;

export interface ApiResponse {
  readonly status: number;
  readonly body: string;
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** With status 101: what came after the head. */
  readonly tunnel: Buffer;
}

/**
 * One TLS connection to the API for one request, with the codec of the data path: Node's HTTP client would cost each
 * agent 6 MB for its two requests, a join and an upgrade.
 */
export class ApiConnection {
  readonly socket: TLSSocket;
  readonly #host: string;
  readonly #timeoutMs: number;

  static open(url: URL, tls: ConnectionOptions, timeoutMs: number): Promise<ApiConnection> {
    return new Promise((resolve, reject) => {
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const socket = connect({ ...tls, host, port: Number(url.port || 443), ALPNProtocols: ['http/1.1'] });
      socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer in time')));
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.off('error', reject);
        resolve(new ApiConnection(socket, url.host, timeoutMs));
      });
    });
  }

  private constructor(socket: TLSSocket, host: string, timeoutMs: number) {
    this.socket = socket;
    this.#host = host;
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects when the connection fails, the answer is too long or takes too long. With 101 the socket lives on. */
  request(method: 'GET' | 'POST', path: string, fields: string[], body: string): Promise<ApiResponse> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      const answer = new Answer((response) => {
        clearTimeout(timer);
        socket.removeAllListeners();
        socket.setTimeout(0);
        if (response.status !== 101) {
          socket.on('error', () => socket.destroy());
          socket.end();
        }
        resolve(response);
      });
      const reader = new ResponseReader({
        onInterim: () => undefined,
        onHead: (head) => answer.head(head),
        onBody: (bytes, start, end) => answer.body(Buffer.from(bytes.subarray(start, end))),
        onEnd: () => answer.end(),
        onRefusal: (error) => socket.destroy(error),
      });
      const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), this.#timeoutMs);
      socket.on('data', (bytes: Buffer) => {
        reader.push(bytes);
        answer.turnEnded();
        if (answer.bytes > maxBodyBytes) socket.destroy(new Error('the answer is too long'));
      });
      socket.once('end', () => reader.finish());
      socket.once('error', reject);
      socket.once('close', () => {
        clearTimeout(timer);
        reject(new Error('the connection was closed before the answer'));
      });
      reader.expect(method, fields.includes('connection: Upgrade'));
      socket.write(this.#requestText(method, path, fields, body));
    });
  }

  #requestText(method: string, path: string, fields: string[], body: string): string {
    const length = method === 'POST' ? [`content-length: ${Buffer.byteLength(body)}`] : [];
    return [`${method} ${path} HTTP/1.1`, `host: ${this.#host}`, ...fields, ...length, '', body].join('\r\n');
  }
}

/** Gathers one response; with 101 it is whole when the bytes that came with its head are. */
class Answer {
  bytes = 0;
  readonly #done: (response: ApiResponse) => void;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #fields = new Map<string, string>();

  constructor(done: (response: ApiResponse) => void) {
    this.#done = done;
  }

  head(head: ResponseHead): void {
    this.#status = head.status;
    for (let index = 0; index < head.count; index++) {
      this.#fields.set(head.nameAt(index).toLowerCase(), head.valueAt(index));
    }
  }

  body(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.bytes += bytes.length;
  }

  end(): void {
    const body = Buffer.concat(this.#chunks).toString('utf8');
    this.#done({ status: this.#status, body, fields: this.#fields, tunnel: Buffer.alloc(0) });
  }

  turnEnded(): void {
    if (this.#status !== 101) return;
    this.#done({ status: 101, body: '', fields: this.#fields, tunnel: Buffer.concat(this.#chunks) });
  }
}
