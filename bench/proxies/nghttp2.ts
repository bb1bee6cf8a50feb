import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reservedPort } from '@tulle/agent/specs/reserved-port';
import type { Workbench } from '../workbench.ts';
import type { Origin, ProxyServer } from './proxy-server.ts';

/** HTTP/2 with prior knowledge. Answers `/` with 200 bytes, `/64k` and `/1m` with as many. */
export async function startNghttpd(bench: Workbench, program: string): Promise<ProxyServer> {
  const port = await reservedPort();
  const documents = join(bench.folder, `documents-${port}`);
  mkdirSync(documents);
  writeFileSync(join(documents, 'index.html'), 'x'.repeat(200));
  writeFileSync(join(documents, '64k'), Buffer.alloc(64 * 1024, 'x'));
  writeFileSync(join(documents, '1m'), Buffer.alloc(1024 * 1024, 'x'));
  const nghttpd = bench.start('nghttpd', program, ['--no-tls', '-d', documents, String(port)]);
  await nghttpd.accepting(port);
  return { port, processes: [nghttpd] };
}

export async function startNghttpxHop(
  bench: Workbench,
  program: string,
  origin: Origin,
): Promise<ProxyServer> {
  const port = await reservedPort();
  const proto = origin.protocol === 'http' ? '' : ';;proto=h2';
  const nghttpx = bench.start('nghttpx', program, [
    `--frontend=127.0.0.1,${port};no-tls`,
    `--backend=127.0.0.1,${origin.port}${proto}`,
    '--conf=/dev/null',
    '--workers=1',
    '--single-process',
    '--no-ocsp',
    '--log-level=ERROR',
  ]);
  await nghttpx.accepting(port);
  return { port, processes: [nghttpx] };
}
