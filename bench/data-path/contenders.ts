import { bundleAgent, installEnvoy, need } from '../installation.ts';
import { startAgentHop, startAgentPair } from '../proxies/agent.ts';
import { startEnvoyHop, startEnvoyPair } from '../proxies/envoy.ts';
import { startNghttpxHop } from '../proxies/nghttp2.ts';
import { startNginxHop, startNginxPair } from '../proxies/nginx.ts';
import type { Contender } from './scenario.ts';

const nginx = () => need('nginx', 'apt-get install nginx-light');

export const direct: Contender = {
  name: 'no proxy',
  start: async (_bench, { port }) => ({ port, processes: [] }),
};

export const agentHop: Contender = {
  name: 'agent',
  start: async (bench, origin) => startAgentHop(bench, await bundleAgent(), origin),
};

export const envoyHop: Contender = {
  name: 'Envoy',
  start: (bench, origin) => startEnvoyHop(bench, installEnvoy(), origin),
};

export const nginxHop: Contender = {
  name: 'nginx',
  start: (bench, origin) => startNginxHop(bench, nginx(), origin),
};

export const nghttpxHop: Contender = {
  name: 'nghttpx',
  start: (bench, origin) => startNghttpxHop(bench, need('nghttpx', 'apt-get install nghttp2-proxy'), origin),
};

export const agentPair: Contender = {
  name: 'agent pair',
  start: async (bench, origin) => startAgentPair(bench, await bundleAgent(), origin),
};

export const envoyPair: Contender = {
  name: 'Envoy pair, HTTP/2',
  start: (bench, origin) => startEnvoyPair(bench, installEnvoy(), origin, 'h2'),
};

export const envoyPairHttp1: Contender = {
  name: 'Envoy pair, HTTP/1.1',
  start: (bench, origin) => startEnvoyPair(bench, installEnvoy(), origin, 'http/1.1'),
};

export const nginxPair: Contender = {
  name: 'nginx pair, HTTP/1.1',
  start: (bench, origin) => startNginxPair(bench, nginx(), origin),
};
