import { reservedPort } from '@tulle/agent/specs/reserved-port';
import type { Workbench } from '../workbench.ts';
import type { ProxyServer } from './proxy-server.ts';

/** The server of gRPC's interoperability tests, in plain text. */
export async function startGrpcInteropServer(bench: Workbench, program: string): Promise<ProxyServer> {
  const port = await reservedPort();
  const server = bench.start('grpc-go', program, [`-port=${port}`]);
  await server.accepting(port);
  return { port, processes: [server] };
}
