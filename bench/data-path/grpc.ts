import { connect } from 'node:http2';
import { installGrpcInteropServer } from '../installation.ts';
import { startGrpcInteropServer } from '../proxies/grpc-go.ts';
import type { Origin, ProxyServer } from '../proxies/proxy-server.ts';
import type { Workbench } from '../workbench.ts';
import { agentPair, envoyPair } from './contenders.ts';
import { h2load } from './loads/h2load.ts';
import { measureCpu } from './loads/load-generator.ts';
import type { Scenario } from './scenario.ts';

const METHOD = '/grpc.testing.TestService/UnaryCall';
const PAYLOAD_BYTES = 100;
const headers = { 'content-type': 'application/grpc', te: 'trailers' };
const CPU = 'µs CPU/call';

/** SimpleRequest of grpc/testing/messages.proto: response_size (2) and payload (3) with a body (2), all below 128. */
function message(): Buffer {
  const payload = Buffer.concat([Buffer.of(0x12, PAYLOAD_BYTES), Buffer.alloc(PAYLOAD_BYTES, 'x')]);
  const request = Buffer.concat([Buffer.of(0x10, PAYLOAD_BYTES, 0x1a, payload.length), payload]);
  return Buffer.concat([Buffer.of(0, 0, 0, 0, request.length), request]);
}

/** The load generator sees only the HTTP status: one call by hand shows that the calls succeed. */
async function checkCall({ port }: ProxyServer): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  session.on('error', reject);
  const stream = session.request({ ':method': 'POST', ':path': METHOD, ':authority': 'web', ...headers });
  stream.on('trailers', (trailers) => resolve(String(trailers['grpc-status'])));
  stream.on('response', (head) => {
    if (head['grpc-status'] !== undefined) resolve(String(head['grpc-status']));
  });
  stream.on('error', reject);
  stream.resume();
  stream.end(message());
  const status = await promise;
  session.destroy();
  if (status !== '0') throw new Error(`a call through ${port} ended with grpc-status ${status}`);
}

async function startOrigin(bench: Workbench): Promise<Origin> {
  const { port } = await startGrpcInteropServer(bench, installGrpcInteropServer());
  return { port, protocol: 'grpc' };
}

function unary(name: string, connections: number, streams: number): Scenario {
  return {
    name,
    about: `gRPC unary calls with 100 bytes each way, ${connections} × ${streams} in flight, two proxies with mutual TLS`,
    startOrigin,
    contenders: [agentPair, envoyPair],
    check: checkCall,
    async measure(proxy, seconds, bench) {
      const body = bench.file('call', message());
      const lines = Object.entries(headers).map(([field, value]) => `${field}: ${value}`);
      const load = h2load({ connections, streams, path: METHOD, headers: lines, body });
      const { microseconds, perSecond } = await measureCpu(proxy, seconds, load);
      return { [CPU]: microseconds, 'calls/s': perSecond };
    },
    targets: [{ measure: CPU, ours: 'agent pair', theirs: 'Envoy pair, HTTP/2', atMost: 0.6 }],
  };
}

export const grpcScenarios: readonly Scenario[] = [
  unary('grpc-unary', 1, 50),
  unary('grpc-unary-spread', 10, 5),
];
