import type { Workbench } from '../workbench.ts';
import { agentHop, agentPair, envoyHop, envoyPair, nginxHop, nginxPair } from './contenders.ts';
import { measureCpu } from './loads/load-generator.ts';
import { wrk } from './loads/wrk.ts';
import { nginxOrigin } from './requests.ts';
import type { Contender, Scenario } from './scenario.ts';

const CONNECTIONS = 32;
/** What a core full of proxies and server carries, whatever else the machine does: one second of CPU of all of them. */
const THROUGHPUT = 'MB per CPU second';
const kinds = {
  hop: { about: 'plain hop', contenders: [agentHop, envoyHop, nginxHop] },
  pair: { about: 'two proxies with mutual TLS', contenders: [agentPair, envoyPair, nginxPair] },
} as const satisfies Record<
  string,
  { about: string; contenders: readonly [Contender, Contender, Contender] }
>;

function bodies(
  kind: keyof typeof kinds,
  name: string,
  bytes: number,
  options: (bench: Workbench) => { path?: string; script?: string },
): Scenario {
  const { about, contenders } = kinds[kind];
  const [ours, theirs] = contenders;
  return {
    name: `${name}-${kind}`,
    about: `bodies of ${bytes / 1024} KiB, HTTP/1.1, ${CONNECTIONS} connections, ${about}`,
    startOrigin: nginxOrigin,
    contenders,
    async measure(proxy, seconds, bench, origin) {
      const load = wrk({ connections: CONNECTIONS, ...options(bench) });
      const all = { ...proxy, processes: [...proxy.processes, ...(origin.processes ?? [])] };
      const { microseconds, perSecond } = await measureCpu(all, seconds, load);
      return { [THROUGHPUT]: bytes / microseconds, 'MB/s': (perSecond * bytes) / 1e6 };
    },
    targets: [{ measure: THROUGHPUT, ours: ours.name, theirs: theirs.name, atLeast: 0.8 }],
  };
}

const upload = (bytes: number) => (bench: Workbench) => ({
  path: '/upload',
  script: bench.file('upload.lua', `wrk.method = "POST"\nwrk.body = string.rep("x", ${bytes})\n`),
});

export const bodyScenarios: readonly Scenario[] = (['hop', 'pair'] as const).flatMap((kind) => [
  bodies(kind, 'answers-64k', 64 * 1024, () => ({ path: '/64k' })),
  bodies(kind, 'answers-1m', 1024 * 1024, () => ({ path: '/1m' })),
  bodies(kind, 'uploads-64k', 64 * 1024, upload(64 * 1024)),
]);
