import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { readUntil, type Upstream } from './upstream.ts';

/** Answers `/bad` with bytes it was given, all else properly, and takes content for requests (CL.0). */
export interface RawUpstream extends Upstream {
  bytes: string;
  close(): void;
}

export async function startRawUpstream(): Promise<RawUpstream> {
  let seen: string[] = [];
  const server = createServer((socket) => {
    let received = '';
    socket.on('error', () => socket.destroy());
    socket.setEncoding('latin1').on('data', (more: string) => {
      received += more;
      let answers = '';
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const [method, target] = received.split(' ', 2);
        received = received.slice(end + 4);
        seen.push(`${method} ${target} `);
        const text = `${method} ${target}`;
        answers +=
          target === '/bad'
            ? upstream.bytes
            : `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
      }
      if (answers !== '') socket.write(answers, 'latin1');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upstream: RawUpstream = {
    port: (server.address() as AddressInfo).port,
    bytes: '',
    async seenUntil(last) {
      const found = await readUntil(() => seen, last);
      seen = [];
      return found;
    },
    close: () => server.close(),
  };
  return upstream;
}
