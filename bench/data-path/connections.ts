import { join } from 'node:path';
import { bundleAgent, installEnvoy } from '../installation.ts';
import { startInboundAgent } from '../proxies/agent.ts';
import { startInboundEnvoy } from '../proxies/envoy.ts';
import type { Workbench } from '../workbench.ts';
import { generate, measureCpu } from './loads/load-generator.ts';
import { nginxOrigin } from './requests.ts';
import type { Scenario } from './scenario.ts';

const CPU = 'µs CPU/connection';
const client = join(import.meta.dirname, 'loads/handshake-client.ts');

function handshakes(bench: Workbench) {
  const { certificate, key, trustBundle } = bench.certificateFiles('caller');
  return async (port: number, seconds: number) => {
    const args = [client, String(port), String(seconds), certificate, key, trustBundle];
    const { connections } = JSON.parse(await generate(process.execPath, args)) as { connections: number };
    return { requests: connections, perSecond: connections / seconds };
  };
}

/**
 * The client costs about as much as a server in Node, so that it is what bounds the rate of the cheaper ones: CPU is
 * what counts. A rate of 0.8 is 1.25 of the CPU.
 */
export const newConnections: Scenario = {
  name: 'new-connections',
  about: 'new mutual TLS connections without resumption, one request on each, 16 at a time',
  startOrigin: nginxOrigin,
  contenders: [
    {
      name: 'agent',
      start: async (bench, origin) => startInboundAgent(bench, await bundleAgent(), origin),
    },
    {
      name: 'Envoy',
      start: (bench, origin) => startInboundEnvoy(bench, installEnvoy(), origin, 'http/1.1'),
    },
  ],
  async measure(proxy, seconds, bench) {
    const { microseconds, perSecond } = await measureCpu(proxy, seconds, handshakes(bench));
    return { [CPU]: microseconds, 'connections/s': perSecond };
  },
  targets: [{ measure: CPU, ours: 'agent', theirs: 'Envoy', atMost: 1 / 0.8 }],
};
