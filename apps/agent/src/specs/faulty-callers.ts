import { dataPathErrors, isDataPathErrorCode } from '../errors.ts';
import { type Fault, pathOf } from './faulty-services.ts';
import { ask, type http2Client } from './http2-services.ts';
import { RawClient } from './raw-peer.ts';
import { turn } from './turns.ts';

/** One request of a run, and how it is made. */
export interface Script {
  readonly caller: 'http1' | 'http2';
  readonly fault: Fault;
  readonly bytes: number;
  readonly chunked: boolean;
  /** As a call of gRPC-Web; only over HTTP/1.1. */
  readonly web?: boolean;
  /** `cut`: breaks off after this part of the request, by a reset or by half-closing. */
  readonly manner:
    | { readonly type: 'whole' }
    | { readonly type: 'slices'; readonly size: number }
    | { readonly type: 'cut'; readonly part: number; readonly reset: boolean };
}

export interface Outcome {
  /** 0: none came. */
  readonly status: number;
  readonly body: string;
  readonly complete: boolean;
}

export function bodyOf({ bytes, fault }: Script): string {
  return pathOf(fault)
    .repeat(Math.ceil(bytes / 5))
    .slice(0, bytes);
}

/** How many requests the agent may count of it, at least and at most. */
export function countsOf(script: Script): readonly [number, number] {
  const { caller, manner } = script;
  if (manner.type !== 'cut') return [1, 1];
  // A reset may overtake what was sent before it.
  if (manner.reset || caller === 'http2') return [0, 1];
  // The first bytes of a head may still be those of HTTP/2.
  return cutAt(script) > 1 ? [1, 1] : [0, 0];
}

function cutAt(script: Script): number {
  return script.manner.type === 'cut' ? Math.floor(textOf(script).length * script.manner.part) : 0;
}

function textOf(script: Script): string {
  const body = bodyOf(script);
  const timeout = script.fault.type === 'silent' ? 'x-tulle-timeout-ms: 60\r\n' : '';
  const type = script.web === true ? 'Content-Type: application/grpc-web\r\n' : '';
  const head = `POST ${pathOf(script.fault)} HTTP/1.1\r\nHost: web\r\nConnection: close\r\n${type}${timeout}`;
  if (!script.chunked) return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  const middle = body.length >>> 1;
  const chunks = [body.slice(0, middle), body.slice(middle)].filter((chunk) => chunk !== '');
  const framed = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
  return `${head}Transfer-Encoding: chunked\r\n\r\n${framed}0\r\n\r\n`;
}

/** Makes the request, to its outcome. */
export async function play(
  script: Script,
  port: number,
  client: ReturnType<typeof http2Client>,
): Promise<Outcome> {
  if (script.caller === 'http1') return await playHttp1(script, port);
  const timeout = script.fault.type === 'silent' ? { 'x-tulle-timeout-ms': '60' } : {};
  const headers = { ':method': 'POST', ':path': pathOf(script.fault), ...timeout };
  if (script.manner.type === 'cut') return await cutHttp2(script, headers, client, script.manner.part);
  const broken = { status: 0, body: '', code: 1 };
  const answer = await ask(client, headers, bodyOf(script)).catch(() => broken);
  return { status: answer.status, body: answer.body.toString('latin1'), complete: answer.code === 0 };
}

async function cutHttp2(
  script: Script,
  headers: Record<string, string>,
  client: ReturnType<typeof http2Client>,
  part: number,
): Promise<Outcome> {
  const stream = client.request({ ':authority': 'web', ...headers });
  stream.on('error', () => {});
  stream.write(`${bodyOf(script).slice(0, Math.floor(script.bytes * part))}.`);
  await turn();
  const CANCEL = 8;
  stream.close(CANCEL);
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.on('close', resolve);
  await promise;
  return { status: 0, body: '', complete: false };
}

async function playHttp1(script: Script, port: number): Promise<Outcome> {
  const { manner } = script;
  const text = textOf(script);
  const client = await RawClient.connect(port);
  if (manner.type === 'whole') {
    client.send(text);
  } else if (manner.type === 'slices') {
    for (let at = 0; at < text.length && client.socket.writable; at += manner.size) {
      client.send(text.slice(at, at + manner.size));
      await turn();
    }
  } else if (manner.reset) {
    client.send(text.slice(0, cutAt(script)));
    await turn();
    client.socket.resetAndDestroy();
  } else {
    client.socket.end(text.slice(0, cutAt(script)));
  }
  return parse(await client.toEnd());
}

function parse(received: string): Outcome {
  const headEnd = received.indexOf('\r\n\r\n') + 4;
  if (headEnd < 4) return { status: 0, body: '', complete: false };
  const head = received.slice(0, headEnd).toLowerCase();
  const rest = received.slice(headEnd);
  const status = statusOf(head);
  const length = /content-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) return { status, body: rest, complete: rest.length === Number(length) };
  let body = '';
  let at = 0;
  for (let size = -1; size !== 0; ) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return { status, body, complete: false };
    size = Number.parseInt(rest.slice(at, lineEnd), 16);
    body += rest.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
  return { status, body, complete: at === rest.length };
}

/** What the mesh says as gRPC has status 200. */
function statusOf(head: string): number {
  const error = /x-tulle-error: (\w+)/.exec(head)?.[1] ?? '';
  return isDataPathErrorCode(error) ? dataPathErrors[error].status : Number(head.slice(9, 12));
}
