import { need } from '../installation.ts';
import { startNghttpd } from '../proxies/nghttp2.ts';
import { startNginxOrigin } from '../proxies/nginx.ts';
import type { Origin, ProxyServer } from '../proxies/proxy-server.ts';
import type { Workbench } from '../workbench.ts';
import {
  agentHop,
  agentPair,
  envoyHop,
  envoyPair,
  envoyPairHttp1,
  nghttpxHop,
  nginxHop,
  nginxPair,
} from './contenders.ts';
import { h2load } from './loads/h2load.ts';
import { type Load, measureCpu } from './loads/load-generator.ts';
import { wrk } from './loads/wrk.ts';
import type { Sample, Scenario } from './scenario.ts';

const CPU = 'µs CPU/request';
const CONNECTIONS = 32;

/** CPU of the proxies for one request, at as many requests as the cores allow. */
export function cpuPerRequest(load: (port: number, seconds: number) => Promise<Load>) {
  return async (proxy: ProxyServer, seconds: number): Promise<Sample> => {
    const { microseconds, perSecond } = await measureCpu(proxy, seconds, load);
    return { [CPU]: microseconds, 'requests/s': perSecond };
  };
}

export async function nginxOrigin(bench: Workbench): Promise<Origin> {
  const { port, processes } = await startNginxOrigin(bench, need('nginx', 'apt-get install nginx-light'));
  return { port, protocol: 'http', processes };
}

async function nghttpdOrigin(bench: Workbench): Promise<Origin> {
  const { port } = await startNghttpd(bench, need('nghttpd', 'apt-get install nghttp2-server'));
  return { port, protocol: 'http2' };
}

const plainHop: Scenario = {
  name: 'plain-hop',
  about: 'HTTP/1.1, 200-byte answers, 32 connections, plain text on both sides',
  startOrigin: nginxOrigin,
  contenders: [agentHop, envoyHop, nginxHop],
  measure: cpuPerRequest(wrk({ connections: CONNECTIONS })),
  targets: [
    { measure: CPU, ours: 'agent', theirs: 'Envoy', atMost: 0.7 },
    { measure: CPU, ours: 'agent', theirs: 'nginx', atMost: 1.5, isStretch: true },
  ],
};

const mutualTls: Scenario = {
  name: 'mutual-tls-pair',
  about: 'the same through two proxies with mutual TLS between them',
  startOrigin: nginxOrigin,
  contenders: [agentPair, envoyPair, envoyPairHttp1, nginxPair],
  measure: cpuPerRequest(wrk({ connections: CONNECTIONS })),
  targets: [
    { measure: CPU, ours: 'agent pair', theirs: 'Envoy pair, HTTP/2', atMost: 0.55 },
    { measure: CPU, ours: 'agent pair', theirs: 'nginx pair, HTTP/1.1', atMost: 1, isStretch: true },
  ],
};

function http2Hop(name: string, connections: number, streams: number): Scenario {
  return {
    name,
    about: `HTTP/2 on both sides in plain text, 200-byte answers, ${connections} × ${streams} in flight`,
    startOrigin: nghttpdOrigin,
    contenders: [agentHop, envoyHop, nghttpxHop],
    measure: cpuPerRequest(h2load({ connections, streams })),
    targets: [{ measure: CPU, ours: 'agent', theirs: 'Envoy', atMost: 0.9 }],
  };
}

export const requestScenarios: readonly Scenario[] = [
  plainHop,
  mutualTls,
  http2Hop('http2-hop', CONNECTIONS, 1),
  http2Hop('http2-hop-multiplexed', 4, 8),
];
