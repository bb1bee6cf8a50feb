import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reservedPort } from '@tulle/agent/specs/reserved-port';
import { need } from '../../bench/installation.ts';
import type { Workbench } from '../../bench/workbench.ts';
import { readUntil, type Upstream } from './upstream.ts';

interface Line {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  /** Of nginx: `OK`, or empty for a request without its end and for what it refused. */
  readonly completion?: string;
}

/** Reads what was appended since the last call. A request without its end is none. */
function logReader(file: string): Upstream['seenUntil'] {
  let consumed = 0;
  return async (last) => {
    let lines: Line[] = [];
    const read = () => {
      const texts = readFileSync(file, 'latin1').split('\n').slice(consumed, -1);
      lines = texts.map((text) => JSON.parse(text) as Line);
      return lines
        .filter(({ method, completion }) => completion !== '' || method === '')
        .map(({ method, target, body }) => `${method} ${target} ${body}`);
    };
    const found = await readUntil(read, last);
    consumed += lines.length;
    return found;
  };
}

/** Reads each body whole, as a proxied request is buffered first; refuses what nginx refuses. */
export async function startNginxUpstream(bench: Workbench): Promise<Upstream> {
  const port = await reservedPort();
  const log = bench.file('seen.log', '');
  const socket = `unix:${bench.folder}/answer-${port}.sock`;
  const { folder } = bench;
  const file = bench.file(
    'upstream.conf',
    `
daemon off; worker_processes 1; pid ${folder}/nginx-${port}.pid; error_log stderr crit;
events { worker_connections 1024; }
http {
  log_format seen escape=json '{"method":"$request_method","target":"$request_uri","body":"$request_body","completion":"$request_completion"}';
  access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder}; client_body_buffer_size 1m;
  server { listen ${socket}; location / { return 200 "$request_method $request_uri"; } }
  server {
    listen 127.0.0.1:${port}; access_log ${log} seen;
    location / { proxy_pass http://${socket}; proxy_pass_request_body off; proxy_set_header Content-Length ""; }
  }
}`,
  );
  const nginx = bench.start('nginx', need('nginx', 'apt-get install nginx-light'), [
    '-e',
    'stderr',
    '-c',
    file,
  ]);
  await nginx.accepting(port);
  return { port, seenUntil: logReader(log) };
}

/** `http.server` of Python's library, taught to read chunks. */
export async function startPythonUpstream(bench: Workbench): Promise<Upstream> {
  const port = await reservedPort();
  const log = bench.file('seen.log', '');
  const script = join(import.meta.dirname, 'python-upstream.py');
  const python = bench.start('python', need('python3', 'apt-get install python3'), [
    script,
    String(port),
    log,
  ]);
  await python.accepting(port);
  return { port, seenUntil: logReader(log) };
}
