import { createHash, randomBytes } from 'node:crypto';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { ApiConnection, type ApiResponse } from './api-connection.ts';
import { encodeFrame, type Frame, FrameError, FrameReader, opcode } from './web-socket-frames.ts';

const maxMessageBytes = 256 * 1024 * 1024;
/** RFC 6455 section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Section 7.4.1: the connection broke off without a closing handshake. */
const brokeOff = 1006;

export interface WebSocketEvents {
  message(text: string): void;
  /** Once, and the last event. */
  closed(code: number, reason: string, error: Error | undefined): void;
}

/** Resolves with the plain response instead when the server refuses the upgrade. */
export async function openWebSocket(
  url: URL,
  tls: ConnectionOptions,
  timeoutMs: number,
): Promise<WebSocketClient | ApiResponse> {
  const key = randomBytes(16).toString('base64');
  const fields = [
    `upgrade: websocket`,
    'connection: Upgrade',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${key}`,
  ];
  const connection = await ApiConnection.open(url, tls, timeoutMs);
  const response = await connection.request('GET', url.pathname, fields, '');
  if (response.status !== 101) return response;
  const accept = createHash('sha1')
    .update(key + acceptSuffix)
    .digest('base64');
  if (response.fields.get('sec-websocket-accept') !== accept) {
    connection.socket.destroy();
    throw new Error('the server answered the upgrade with a wrong key');
  }
  return new WebSocketClient(connection.socket, response.tunnel);
}

/**
 * The client's half of RFC 6455 over an open TLS connection, text messages only. The `ws` package does this and much
 * more, with Node's HTTP client below it: together 7 MB of memory beside each service, for one connection.
 */
export class WebSocketClient {
  readonly #socket: TLSSocket;
  readonly #reader = new FrameReader(maxMessageBytes);
  readonly #fragments: Buffer[] = [];
  #events: WebSocketEvents | undefined;
  #closeCode = brokeOff;
  #closeReason = '';
  #error: Error | undefined;

  constructor(socket: TLSSocket, early: Buffer) {
    this.#socket = socket;
    socket.pause();
    if (early.length > 0) socket.unshift(early);
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.once('close', () => this.#events?.closed(this.#closeCode, this.#closeReason, this.#error));
    socket.pause();
  }

  listen(events: WebSocketEvents): void {
    this.#events = events;
    this.#socket.resume();
  }

  send(text: string): void {
    this.#write(opcode.text, Buffer.from(text));
  }

  close(code: number): void {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#write(opcode.close, payload);
  }

  terminate(): void {
    this.#socket.destroy();
  }

  #write(code: number, payload: Buffer): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(code, payload));
  }

  #receive(bytes: Buffer): void {
    try {
      for (const frame of this.#reader.push(bytes)) this.#take(frame);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#error = error;
      this.#socket.destroy();
    }
  }

  #take({ final, opcode: code, payload }: Frame): void {
    if (code === opcode.ping) this.#write(opcode.pong, payload);
    else if (code === opcode.close) this.#takeClose(payload);
    else if (code === opcode.text || code === opcode.continuation) this.#takeText(code, payload, final);
    else if (code !== opcode.pong) throw new FrameError(`frames of kind ${code} are not spoken here`);
  }

  #takeText(code: number, payload: Buffer, final: boolean): void {
    const begins = code === opcode.text;
    if (begins === this.#fragments.length > 0) throw new FrameError('fragments of messages are out of order');
    this.#fragments.push(payload);
    if (!final) return;
    const text = Buffer.concat(this.#fragments.splice(0)).toString('utf8');
    this.#events?.message(text);
  }

  /** Answered and ended: the server closes the connection below (section 7.1.1). */
  #takeClose(payload: Buffer): void {
    if (payload.length >= 2) {
      this.#closeCode = payload.readUInt16BE(0);
      this.#closeReason = payload.subarray(2).toString('utf8');
    }
    this.#write(opcode.close, payload.subarray(0, 2));
    this.#socket.end();
  }
}
