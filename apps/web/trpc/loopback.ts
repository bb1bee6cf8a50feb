import { request } from 'node:http';
import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client';
import type { AppRouter } from '@tulle/api/router-types';
import { headers } from 'next/headers';

const timeoutMs = 3_000;
const defaultUrl = 'http://127.0.0.1:4400';

/** Asks our own API in the name of the visitor, so that the first paint has data. */
export async function loopbackClient(): Promise<TRPCClient<AppRouter>> {
  const visitor = await headers();
  const kept = { cookie: visitor.get('cookie') ?? '', host: visitor.get('host') ?? '' };
  const base = process.env.TULLE_LOOPBACK_URL ?? defaultUrl;
  return createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${base}/trpc`, fetch: (url) => loopbackFetch(String(url), kept) })],
  });
}

/** Not `fetch`: the API checks that the Host is one of its names, and `fetch` always sends the URL's own. */
function loopbackFetch(url: string, kept: { cookie: string; host: string }): Promise<Response> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: kept, timeout: timeoutMs }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 502 })),
      );
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer from the API within ${timeoutMs} ms`)));
    asked.on('error', reject);
    asked.end();
  });
}
