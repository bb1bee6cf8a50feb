import type { IncomingMessage, RequestOptions } from 'node:http';

export interface PostAnswer {
  readonly status: number;
  /** Of Retry-After, in milliseconds; 0 without one. */
  readonly retryAfterMs: number;
}

const MAX_RETRY_AFTER_MS = 60_000;

/** Posts JSON and reads the answer to its end. The client is loaded with the first call: most agents never make one. */
export async function postJson(url: URL, body: string, timeoutMs: number): Promise<PostAnswer> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const options: RequestOptions = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.timeout(timeoutMs),
  };
  const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>();
  const sent = request(url, options, (response: IncomingMessage) => {
    const { statusCode = 0, headers } = response;
    response.resume();
    response.once('error', reject);
    response.once('end', () =>
      resolve({ status: statusCode, retryAfterMs: retryAfterMs(headers['retry-after']) }),
    );
  });
  sent.once('error', reject);
  sent.end(body);
  return await promise;
}

function retryAfterMs(value: string | undefined): number {
  if (value === undefined) return 0;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, milliseconds || 0));
}
