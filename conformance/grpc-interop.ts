/**
 * The interoperability cases of gRPC, with the client and server of grpc-go, through two agents with mutual TLS.
 *   npm run conformance:grpc -- [--through agents|envoys|nothing] [--only soak]
 * What fails through agents and not through nothing is a fault of the agents; `envoys` is there to compare.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import {
  bundleAgent,
  installEnvoy,
  installGrpcInteropClient,
  installGrpcInteropServer,
} from '../bench/installation.ts';
import { startAgentPair } from '../bench/proxies/agent.ts';
import { startEnvoyPair } from '../bench/proxies/envoy.ts';
import { startGrpcInteropServer } from '../bench/proxies/grpc-go.ts';
import type { Origin, ProxyServer } from '../bench/proxies/proxy-server.ts';
import { Workbench } from '../bench/workbench.ts';

const CASE_TIMEOUT_MS = 60_000;

/** Of grpc/doc/interop-test-descriptions.md, without those that need credentials or load balancing in the client. */
const cases: readonly { name: string; args?: readonly string[] }[] = [
  { name: 'empty_unary' },
  { name: 'large_unary' },
  { name: 'client_streaming' },
  { name: 'server_streaming' },
  { name: 'ping_pong' },
  { name: 'empty_stream' },
  { name: 'cancel_after_begin' },
  { name: 'cancel_after_first_response' },
  { name: 'timeout_on_sleeping_server' },
  { name: 'custom_metadata' },
  { name: 'status_code_and_message' },
  { name: 'special_status_message' },
  { name: 'unimplemented_method' },
  { name: 'unimplemented_service' },
  {
    name: 'rpc_soak',
    args: ['-soak_iterations=1000', '-soak_num_threads=10', '-soak_overall_timeout_seconds=50'],
  },
  {
    name: 'channel_soak',
    args: ['-soak_iterations=200', '-soak_num_threads=10', '-soak_overall_timeout_seconds=50'],
  },
];

const { values } = parseArgs({
  options: { through: { type: 'string', default: 'agents' }, only: { type: 'string', default: '' } },
});
const bench = new Workbench();
const client = installGrpcInteropClient();

async function between(origin: Origin): Promise<Pick<ProxyServer, 'port'>> {
  switch (values.through) {
    case 'agents':
      return startAgentPair(bench, await bundleAgent(), origin);
    case 'envoys':
      return startEnvoyPair(bench, installEnvoy(), origin, 'h2');
    case 'nothing':
      return origin;
    default:
      throw new Error('--through is one of agents, envoys and nothing');
  }
}

/** Undefined when the case passed, else what the client said. */
async function run(port: number, name: string, args: readonly string[]): Promise<string | undefined> {
  const child = spawn(
    client,
    ['-server_host=127.0.0.1', `-server_port=${port}`, `-test_case=${name}`, ...args],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: CASE_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    },
  );
  const [said, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code === 0) return undefined;
  const end = said.trim().split('\n').slice(-3).join('\n    ');
  return signal === null ? end : `no end within ${CASE_TIMEOUT_MS / 1_000} s\n    ${end}`;
}

try {
  const server = await startGrpcInteropServer(bench, installGrpcInteropServer());
  const { port } = await between({ port: server.port, protocol: 'grpc' });
  const chosen = cases.filter(({ name }) => name.includes(values.only));
  let passed = 0;
  for (const { name, args } of chosen) {
    const failure = await run(port, name, args ?? []);
    if (failure === undefined) passed++;
    console.log(failure === undefined ? `passed ${name}` : `FAILED ${name}\n    ${failure}`);
  }
  console.log(`gRPC through ${values.through}: ${passed} of ${chosen.length} passed`);
  if (passed < chosen.length) process.exitCode = 1;
} finally {
  await bench.close();
}
