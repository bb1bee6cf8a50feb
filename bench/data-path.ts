/**
 * CPU per proxied request: agent against Envoy and nginx, plain hop and mutual TLS pair.
 *   npm run bench:data-path -- [--rounds 3] [--seconds 5]
 * Proxy and service share core 0, the load generator has core 1; peers take turns, medians count.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TestAuthority } from '@tulle/agent/mutual-tls/test-authority';
import {
  agentConfiguration,
  type CertificateFiles,
  envoyConfiguration,
  nginxConfiguration,
} from './data-path/configurations.ts';
import { preparePeers } from './data-path/peers.ts';
import { Pinned } from './data-path/processes.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '5' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const CONNECTIONS = 32;

const peers = await preparePeers();
const folder = mkdtempSync(join(tmpdir(), 'tulle-bench-'));
const running: Pinned[] = [];

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function start(name: string, command: string, args: readonly string[]): Pinned {
  const started = new Pinned(name, 0, command, args);
  running.push(started);
  return started;
}

const authority = new TestAuthority('mesh.bench');
function certificateFiles(service: string): CertificateFiles {
  const { certificateChainPem, keyPem, trustBundlePem, trustDomain } = authority.identity(service);
  return {
    trustDomain,
    certificate: file(`${service}.crt`, certificateChainPem),
    key: file(`${service}.key`, keyPem),
    trustBundle: file('roots.crt', trustBundlePem),
  };
}

const envoyFlags = ['--concurrency', '1', '--disable-hot-restart', '-l', 'error'];
const startEnvoy = (name: string, text: string) =>
  start(name, peers.envoy, ['-c', file(`${name}.yaml`, text), ...envoyFlags]);
const startNginx = (name: string, text: string) =>
  start(name, peers.nginx, ['-c', file(`${name}.conf`, text)]);
const startAgent = (name: string, text: string) =>
  start(name, process.execPath, [peers.agent, file(`${name}.yaml`, text)]);

interface Contender {
  name: string;
  port: number;
  processes: Pinned[];
  microseconds: number[];
  perSecond: number[];
}
const contenders = new Map<string, Contender>();
function contender(name: string, port: number, processes: Pinned[]): void {
  contenders.set(name, { name, port, processes, microseconds: [], perSecond: [] });
}

function load(port: number, duration: number): { requests: number; perSecond: number } {
  const out = execFileSync(
    'taskset',
    [
      '-c',
      '1',
      peers.wrk,
      '-t1',
      `-c${CONNECTIONS}`,
      `-d${duration}s`,
      '-H',
      'Host: web',
      `http://127.0.0.1:${port}/`,
    ],
    { encoding: 'utf8' },
  );
  const requests = Number(/(\d+) requests in/.exec(out)?.[1] ?? 0);
  if (requests === 0 || /Non-2xx|Socket errors/.test(out))
    throw new Error(`the load on ${port} met errors:\n${out}`);
  return { requests, perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1] ?? 0) };
}

function cpuOf({ processes }: Contender): number {
  return processes.reduce((sum, one) => sum + one.cpuMicroseconds(), 0);
}

function measure(one: Contender): void {
  load(one.port, 1);
  const before = cpuOf(one);
  const { requests, perSecond } = load(one.port, seconds);
  one.microseconds.push((cpuOf(one) - before) / requests);
  one.perSecond.push(perSecond);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function startEverything(): Promise<Pinned> {
  const web = 17_000;
  const callers = certificateFiles('caller');
  const webs = certificateFiles('web');
  const expect = `spiffe://${authority.trustDomain}/service/web`;
  const service = startNginx('web', nginxConfiguration(folder, web));
  await service.accepting(web);
  const idleAgent = startAgent(
    'agent-plain',
    agentConfiguration({ service: 'caller', outbound: 17_001, web: { port: web, tls: false } }),
  );
  console.log(`agent: ready in ${Math.round(await idleAgent.accepting(17_001))} ms`);
  contender('agent, plain hop', 17_001, [idleAgent]);
  contender('Envoy, plain hop', 17_002, [startEnvoy('envoy-plain', envoyConfiguration(17_002, web, {}))]);
  contender('nginx, plain hop', 17_003, [startNginx('nginx-plain', nginxConfiguration(folder, 17_003, web))]);
  contender('agent pair, mutual TLS', 17_010, [
    startAgent(
      'agent-in',
      agentConfiguration({ service: 'web', inbound: { port: 17_011, local: web }, identity: webs }),
    ),
    startAgent(
      'agent-out',
      agentConfiguration({
        service: 'caller',
        outbound: 17_010,
        identity: callers,
        web: { port: 17_011, tls: true },
      }),
    ),
  ]);
  contender('Envoy pair, mutual TLS', 17_020, [
    startEnvoy('envoy-in', envoyConfiguration(17_021, web, { serverTls: webs })),
    startEnvoy('envoy-out', envoyConfiguration(17_020, 17_021, { clientTls: { ...callers, expect } })),
  ]);
  for (const { port, processes } of contenders.values())
    for (const one of processes) await one.accepting(port);
  return idleAgent;
}

function ratio(ours: string, theirs: string, limit: number): boolean {
  const value =
    median(contenders.get(ours)?.microseconds ?? []) / median(contenders.get(theirs)?.microseconds ?? []);
  const reached = value <= limit;
  console.log(
    `${ours} / ${theirs}: ${value.toFixed(2)} (target ≤ ${limit}) ${reached ? 'reached' : 'MISSED'}`,
  );
  return reached;
}

try {
  const idleAgent = await startEverything();
  await wait(3_000);
  console.log(`agent: ${idleAgent.residentMegabytes().toFixed(1)} MB resident, idle`);
  for (let round = 1; round <= rounds; round++) {
    for (const one of contenders.values()) measure(one);
    console.log(
      `round ${round}: ${[...contenders.values()].map((one) => `${one.name} ${one.microseconds.at(-1)?.toFixed(1)}`).join(' | ')}`,
    );
  }
  console.log(
    `agent: ${idleAgent.residentMegabytes().toFixed(1)} MB resident, after load\n\n| proxy | µs CPU/request | requests/s |\n|---|---|---|`,
  );
  for (const { name, microseconds, perSecond } of contenders.values()) {
    console.log(`| ${name} | ${median(microseconds).toFixed(1)} | ${Math.round(median(perSecond))} |`);
  }
  console.log('');
  const reached = [
    ratio('agent, plain hop', 'Envoy, plain hop', 0.9),
    ratio('agent pair, mutual TLS', 'Envoy pair, mutual TLS', 0.8),
  ];
  if (reached.includes(false)) process.exitCode = 1;
} finally {
  await Promise.all(running.map((one) => one.stop()));
  rmSync(folder, { recursive: true, force: true });
}
