import { userInfo } from 'node:os';
import { reservedPort } from '@tulle/agent/specs/reserved-port';
import type { CertificateFiles, Workbench } from '../workbench.ts';
import type { Origin, ProxyServer } from './proxy-server.ts';

interface NginxServer {
  /** Parameters of `listen` behind the port. */
  readonly listen?: string;
  /** Directives of the server. */
  readonly directives?: readonly string[];
  /** Directives beside the server. */
  readonly beside?: readonly string[];
}

/** One worker, no access log, connections kept. Workers of root would otherwise not see our files. */
function configuration(folder: string, port: number, { listen, directives, beside }: NginxServer): string {
  return `
${userInfo().uid === 0 ? 'user root; ' : ''}daemon off; worker_processes 1; pid ${folder}/nginx-${port}.pid; error_log stderr error;
events { worker_connections 20000; }
http {
  access_log off; keepalive_requests 100000000; client_max_body_size 0; client_body_temp_path ${folder};
  proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  ${(beside ?? []).join('\n  ')}
  server {
    listen 127.0.0.1:${port} ${listen ?? ''};
    ${(directives ?? []).join('\n    ')}
  }
}`;
}

async function start(
  bench: Workbench,
  program: string,
  name: string,
  server: NginxServer,
): Promise<ProxyServer> {
  const port = await reservedPort();
  const file = bench.file(`${name}.conf`, configuration(bench.folder, port, server));
  const nginx = bench.start(name, program, ['-e', 'stderr', '-c', file]);
  await nginx.accepting(port);
  return { port, processes: [nginx] };
}

/** Answers `/` and `/upload` with 200 bytes, `/64k` and `/1m` with as many. `/upload` first reads all of the body. */
export function startNginxOrigin(bench: Workbench, program: string): Promise<ProxyServer> {
  const sized = (path: string, bytes: number) => {
    const file = bench.file('body', Buffer.alloc(bytes, 'x'));
    return `location = ${path} { alias ${file}; open_file_cache max=10; }`;
  };
  const answer = `return 200 "${'x'.repeat(200)}";`;
  // `return` answers before the body came. A proxied request is buffered first, and then goes on without its body.
  const socket = `unix:${bench.folder}/answer.sock`;
  return start(bench, program, 'origin', {
    directives: [
      `location / { ${answer} }`,
      'location = /upload { client_body_buffer_size 2m; proxy_pass http://answer; proxy_pass_request_body off;',
      '  proxy_set_header Content-Length ""; proxy_set_header Connection ""; proxy_http_version 1.1; }',
      sized('/64k', 64 * 1024),
      sized('/1m', 1024 * 1024),
    ],
    beside: [
      'sendfile on; tcp_nopush on;',
      `upstream answer { server ${socket}; keepalive 64; keepalive_requests 100000000; }`,
      `server { listen ${socket}; location / { ${answer} } }`,
    ],
  });
}

const upstream = (port: number) =>
  `upstream peer { server 127.0.0.1:${port}; keepalive 128; keepalive_requests 100000000; }`;
const pass = (scheme: string, ...more: string[]) =>
  `location / { proxy_pass ${scheme}://peer; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; proxy_buffering on; ${more.join(' ')} }`;

export function startNginxHop(bench: Workbench, program: string, { port }: Origin): Promise<ProxyServer> {
  return start(bench, program, 'nginx', { beside: [upstream(port)], directives: [pass('http')] });
}

const tlsOf = (prefix: string, { certificate, key, trustBundle }: CertificateFiles) => [
  `${prefix}ssl_certificate ${certificate}; ${prefix}ssl_certificate_key ${key};`,
  `${prefix}ssl_protocols TLSv1.3; ${prefix}ssl_${prefix === '' ? 'client' : 'trusted'}_certificate ${trustBundle};`,
];

/** HTTP/1.1 over mutual TLS between them; nginx checks the chain, it knows no SPIFFE ID. */
export async function startNginxPair(
  bench: Workbench,
  program: string,
  { port }: Origin,
): Promise<ProxyServer> {
  const inbound = await start(bench, program, 'nginx-in', {
    listen: 'ssl',
    beside: [upstream(port)],
    directives: [...tlsOf('', bench.certificateFiles('web')), 'ssl_verify_client on;', pass('http')],
  });
  const outbound = await start(bench, program, 'nginx-out', {
    beside: [upstream(inbound.port)],
    directives: [pass('https', ...tlsOf('proxy_', bench.certificateFiles('caller')))],
  });
  return { port: outbound.port, processes: [...inbound.processes, ...outbound.processes] };
}
