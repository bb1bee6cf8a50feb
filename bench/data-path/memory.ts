import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProxyServer } from '../proxies/proxy-server.ts';
import { agentHop, envoyHop, nginxHop } from './contenders.ts';
import { nginxOrigin } from './requests.ts';
import type { Scenario } from './scenario.ts';

const SETTLE_MS = 4_000;
const STREAMS = 1_000;
/** What 1,000 streams may hold: 256 KiB each, the window that an agent gives a stream of its own. */
const BOUND_MB = 250;
const client = join(import.meta.dirname, 'loads/stalled-client.ts');

const resident = ({ processes }: ProxyServer) =>
  processes.reduce((sum, one) => sum + one.residentMegabytes(), 0);

const idle: Scenario = {
  name: 'idle-memory',
  about: `resident memory ${SETTLE_MS / 1_000} s after the start, nothing done`,
  startOrigin: nginxOrigin,
  contenders: [agentHop, envoyHop, nginxHop],
  isFresh: true,
  async measure(proxy) {
    await wait(SETTLE_MS);
    return { MB: resident(proxy) };
  },
  targets: [{ measure: 'MB', ours: 'agent', atMost: 58 }],
};

const stalled: Scenario = {
  name: 'stalled-streams',
  about: `${STREAMS} HTTP/2 streams with a window of zero, each with 1 MiB to come from an HTTP/1.1 server`,
  startOrigin: nginxOrigin,
  contenders: [agentHop, envoyHop],
  isFresh: true,
  async measure(proxy) {
    await wait(1_000);
    const before = resident(proxy);
    const child = spawn(process.execPath, [client, String(proxy.port), String(STREAMS), '/1m'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const first = await Promise.race([once(child.stdout, 'data'), exited.then(() => undefined)]);
    if (first === undefined) throw new Error('the client of stalled streams ended');
    await wait(SETTLE_MS);
    const growth = resident(proxy) - before;
    child.kill();
    await exited;
    return { 'MB of growth': growth };
  },
  targets: [
    { measure: 'MB of growth', ours: 'agent', atMost: BOUND_MB },
    { measure: 'MB of growth', ours: 'agent', theirs: 'Envoy', atMost: 1 },
  ],
};

export const memoryScenarios: readonly Scenario[] = [idle, stalled];
