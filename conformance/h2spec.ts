/**
 * h2spec, all 146 cases in strict mode, against both listeners of an agent with a real server behind it.
 *   npm run conformance:h2spec -- [--only agent] [--peers]
 * h2spec cannot show a client certificate, and the agent takes no caller without one: for the TLS listener a
 * forwarder stands between that adds TLS and the certificate and changes no byte. `--peers` runs other makers' servers as well,
 * whose failures are shown for comparison and fail nothing.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleAgent, installEnvoy, installH2spec, need } from '../bench/installation.ts';
import { startAgentHop, startInboundAgent } from '../bench/proxies/agent.ts';
import { startEnvoyHop } from '../bench/proxies/envoy.ts';
import { startNghttpd, startNghttpxHop } from '../bench/proxies/nghttp2.ts';
import { startNginxOrigin } from '../bench/proxies/nginx.ts';
import { Workbench } from '../bench/workbench.ts';
import { ClientCertificateForwarder } from './client-certificate-forwarder.ts';
import { exceptions } from './h2spec/exceptions.ts';
import { type Case, runH2spec } from './h2spec/run-h2spec.ts';

const CASES = 146;
const PATH = '/64k';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, peers: { type: 'boolean', default: false } },
});
const bench = new Workbench();
const h2spec = installH2spec();
const agent = await bundleAgent();
const nginx = await startNginxOrigin(bench, need('nginx', 'apt-get install nginx-light'));
const nghttpd = await startNghttpd(bench, need('nghttpd', 'apt-get install nghttp2-server'));
const http = { port: nginx.port, protocol: 'http' } as const;
const http2 = { port: nghttpd.port, protocol: 'http2' } as const;

async function startTlsListener(): Promise<number> {
  const { port } = await startInboundAgent(bench, agent, http);
  const forwarder = new ClientCertificateForwarder(port, bench.certificateFiles('caller'));
  return forwarder.listen();
}

interface Subject {
  readonly name: string;
  readonly isPeer: boolean;
  start(): Promise<number>;
}

const subjects: readonly Subject[] = [
  {
    name: 'agent, cleartext, before nginx (HTTP/1.1)',
    isPeer: false,
    start: async () => (await startAgentHop(bench, agent, http)).port,
  },
  {
    name: 'agent, cleartext, before nghttpd (HTTP/2)',
    isPeer: false,
    start: async () => (await startAgentHop(bench, agent, http2)).port,
  },
  { name: 'agent, TLS, before nginx (HTTP/1.1)', isPeer: false, start: startTlsListener },
  { name: 'nghttpd', isPeer: true, start: async () => nghttpd.port },
  {
    name: 'nghttpx before nginx',
    isPeer: true,
    start: async () =>
      (await startNghttpxHop(bench, need('nghttpx', 'apt-get install nghttp2-proxy'), http)).port,
  },
  {
    name: 'Envoy before nginx',
    isPeer: true,
    start: async () => (await startEnvoyHop(bench, installEnvoy(), http)).port,
  },
];

/** True when nothing failed that should not have. */
function report({ name, isPeer }: Subject, cases: readonly Case[]): boolean {
  const failed = cases.filter(({ failure }) => failure !== undefined);
  console.log(`${name}: ${cases.length - failed.length} of ${cases.length} passed`);
  let good = cases.length === CASES;
  if (!good) console.log(`  there should be ${CASES} cases`);
  for (const { id, title, failure } of failed) {
    const exception = isPeer ? undefined : exceptions.get(id);
    if (exception === undefined) good = false;
    console.log(
      `  ${exception === undefined ? 'FAILED' : 'exception'} ${id} ${title}\n    ${exception ?? failure}`,
    );
  }
  return good || isPeer;
}

try {
  const chosen = subjects.filter(
    ({ name, isPeer }) => (values.peers || !isPeer) && name.includes(values.only),
  );
  for (const subject of chosen) {
    const port = await subject.start();
    const cases = await runH2spec(h2spec, port, PATH, join(bench.folder, `h2spec-${port}.xml`));
    if (!report(subject, cases)) process.exitCode = 1;
  }
} finally {
  await bench.close();
}
process.exit();
