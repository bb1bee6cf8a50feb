import type { ConnectionOptions } from 'node:tls';
import * as z from 'zod/mini';
import { asRpcError, closeError, refusal } from './connection-failures.ts';
import { parseJson } from './parse-json.ts';
import { RpcError } from './rpc-error.ts';
import { openWebSocket, WebSocketClient } from './web-socket.ts';

/** tRPC's messages over a WebSocket (its `rpc` envelopes); what the agent does not know of them is ignored. */
const envelopeSchema = z.object({
  id: z.optional(z.union([z.number(), z.string(), z.null()])),
  method: z.optional(z.string()),
  result: z.optional(z.object({ type: z.optional(z.string()), data: z.optional(z.unknown()) })),
  error: z.optional(z.unknown()),
});

type Envelope = z.infer<typeof envelopeSchema>;

/** Means nothing to the API but that the connection is lost, to be made again. */
const lostCode = 4000;

export interface RpcOptions {
  readonly url: URL;
  readonly tls: ConnectionOptions;
  readonly openTimeoutMs?: number;
  readonly callTimeoutMs?: number;
  /** Silence after which the peer is asked for a sign of life, and after which, again, it is given up. */
  readonly heartbeatMs?: number;
}

interface Call {
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: RpcError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One WebSocket speaking tRPC, used until it closes. The library's client would reconnect by itself and repeat the
 * subscription as it was; an agent must first say hello, with the certificate and the hashes it holds by then.
 */
export class RpcConnection {
  /** Resolves, once, with why the connection ended. */
  readonly closed: Promise<RpcError>;
  readonly #socket: WebSocketClient;
  readonly #callTimeoutMs: number;
  readonly #calls = new Map<number, Call>();
  readonly #subscriptions = new Map<number, (data: unknown) => void>();
  #lastId = 0;
  #heard = true;
  #ended: RpcError | undefined;

  static async open(options: RpcOptions): Promise<RpcConnection> {
    const { url, tls, openTimeoutMs = 10_000 } = options;
    try {
      const opened = await openWebSocket(url, tls, openTimeoutMs);
      if (!(opened instanceof WebSocketClient)) throw refusal(opened);
      return new RpcConnection(opened, options);
    } catch (error) {
      throw asRpcError(url, error);
    }
  }

  private constructor(socket: WebSocketClient, { url, callTimeoutMs, heartbeatMs }: RpcOptions) {
    this.#socket = socket;
    this.#callTimeoutMs = callTimeoutMs ?? 10_000;
    const heartbeat = setInterval(() => this.#beat(), heartbeatMs ?? 5_000);
    heartbeat.unref();
    this.closed = new Promise((resolve) => {
      socket.listen({
        message: (text) => this.#receive(text),
        closed: (code, reason, error) => {
          clearInterval(heartbeat);
          this.#end(error === undefined ? closeError(url, code, reason) : asRpcError(url, error));
          for (const call of this.#calls.values()) {
            clearTimeout(call.timer);
            call.reject(this.#reason());
          }
          this.#calls.clear();
          resolve(this.#reason());
        },
      });
    });
  }

  /** A mutation: rejects with an `RpcError` when it fails, takes too long, or the connection ends. */
  async mutate<T extends z.ZodMiniType>(path: string, input: unknown, output: T): Promise<z.infer<T>> {
    const data = await this.#call(path, input);
    const parsed = output.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new RpcError('bad_response', `The API answered ${path} in a form this agent cannot read.`);
  }

  /** Calls `onData` for every message until the connection ends; the end of the subscription ends the connection. */
  subscribe(path: string, input: unknown, onData: (data: unknown) => void): void {
    const id = ++this.#lastId;
    this.#subscriptions.set(id, onData);
    this.#send({ id, method: 'subscription', params: { path, input } });
  }

  /** `goodbye` only when the agent goes for good: the API then takes it out of everyone's configuration. */
  close(error: RpcError, code: number = lostCode): void {
    this.#end(error);
    this.#socket.close(code);
    // A peer that is gone would keep a closing handshake waiting.
    setTimeout(() => this.#socket.terminate(), 500).unref();
  }

  #call(path: string, input: unknown): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#calls.delete(id);
        reject(new RpcError('timeout', `The API did not answer ${path} within ${this.#callTimeoutMs} ms.`));
      }, this.#callTimeoutMs);
      this.#calls.set(id, { resolve, reject, timer });
      this.#send({ id, method: 'mutation', params: { path, input } });
    });
  }

  #send(message: unknown): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  #receive(text: string): void {
    this.#heard = true;
    if (text === 'PONG') return;
    if (text === 'PING') {
      this.#send('PONG');
      return;
    }
    const message = readEnvelope(text);
    if (message === undefined) this.#fail(new RpcError('bad_response', 'The API sent what is no tRPC.'));
    else if (message.method === 'reconnect')
      this.close(new RpcError('reconnect', 'The API asked to reconnect.'));
    else if (typeof message.id === 'number') this.#answer(message.id, message);
    else if (message.error !== undefined) this.#fail(RpcError.fromShape(message.error));
  }

  #answer(id: number, message: Envelope): void {
    const onData = this.#subscriptions.get(id);
    if (onData !== undefined) {
      if (message.error !== undefined) this.#fail(RpcError.fromShape(message.error));
      else if (message.result?.type === 'data') onData(message.result.data);
      else if (message.result?.type === 'stopped')
        this.#fail(new RpcError('stopped', 'The API ended the subscription.'));
      return;
    }
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    clearTimeout(call.timer);
    if (message.error !== undefined) call.reject(RpcError.fromShape(message.error));
    else call.resolve(message.result?.data);
  }

  #beat(): void {
    if (this.#heard) {
      this.#heard = false;
      this.#send('PING');
    } else {
      this.#fail(new RpcError('unavailable', 'The API has gone silent.'));
    }
  }

  #fail(error: RpcError): void {
    this.#end(error);
    this.#socket.terminate();
  }

  /** The first reason is the one that counts: what follows from closing says less. */
  #end(error: RpcError): void {
    this.#ended ??= error;
  }

  #reason(): RpcError {
    return this.#ended ?? new RpcError('closed', 'The connection ended.');
  }
}

function readEnvelope(text: string): Envelope | undefined {
  return envelopeSchema.safeParse(parseJson(text)).data;
}
