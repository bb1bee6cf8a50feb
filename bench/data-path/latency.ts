import { join } from 'node:path';
import { agentPair, direct, envoyPair, nginxPair } from './contenders.ts';
import { generate } from './loads/load-generator.ts';
import { nginxOrigin } from './requests.ts';
import type { Scenario } from './scenario.ts';

const RATE = 1_000;
/** As many requests as other loads have had within their second of warming up: compiling is not what is measured. */
const WARM_UP = { rate: 10_000, seconds: 3 };
const client = join(import.meta.dirname, 'loads/open-loop-client.ts');

export const latency: Scenario = {
  name: 'latency',
  about: `${RATE} requests/s at fixed times, HTTP/1.1, 200-byte answers, through two proxies with mutual TLS`,
  startOrigin: nginxOrigin,
  contenders: [direct, agentPair, envoyPair, nginxPair],
  async check({ port }) {
    await generate(process.execPath, [client, String(port), String(WARM_UP.rate), String(WARM_UP.seconds)]);
  },
  async measure({ port }, seconds) {
    await generate(process.execPath, [client, String(port), String(RATE), '2']);
    const printed = await generate(process.execPath, [client, String(port), String(RATE), String(seconds)]);
    const { p50, p99, p999 } = JSON.parse(printed) as { p50: number; p99: number; p999: number };
    return { 'p50 ms': p50, 'p99 ms': p99, 'p99.9 ms': p999 };
  },
  targets: [
    { measure: 'p50 ms', ours: 'agent pair', theirs: 'Envoy pair, HTTP/2', atMost: 1 },
    { measure: 'p99 ms', ours: 'agent pair', theirs: 'Envoy pair, HTTP/2', atMost: 1 },
  ],
};
