import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { readUntil, type Upstream } from './upstream.ts';

/** `node:http`. What it refuses itself is told too; a request without its end is none. */
export async function startNodeUpstream(): Promise<Upstream & { readonly server: Server }> {
  let seen: string[] = [];
  const server = createServer(async (request, response) => {
    request.setEncoding('latin1');
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;
    seen.push(`${request.method} ${request.url} ${body}`);
    response.end(`${request.method} ${request.url}`);
  });
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) => {
    if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') seen.push(`refused by node: ${code}`);
    socket.destroy();
  });
  server.on('upgrade', (request, socket) => {
    seen.push(`upgrade ${request.method} ${request.url}`);
    socket.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async seenUntil(last) {
      const found = await readUntil(() => seen, last);
      seen = [];
      return found;
    },
  };
}
