/**
 * WebSocket through agents is the same as without: the cases of the Autobahn test suite (which needs Python 2), with the
 * library `ws` at one end and raw frames at the other, in both directions.
 *   npm run conformance:websocket -- [--only 7.7] [--times 20]
 * A case passes when both ends met byte for byte what they meet without an agent.
 */
import { parseArgs } from 'node:util';
import { bundleAgent } from '../bench/installation.ts';
import { startAgentHop, startAgentPair } from '../bench/proxies/agent.ts';
import { Workbench } from '../bench/workbench.ts';
import { type WebSocketCase, webSocketCases } from './websocket/cases.ts';
import { EchoServer } from './websocket/echo-server.ts';
import { digest, type Outcome } from './websocket/outcome.ts';
import { playOverHttp1, playOverHttp2 } from './websocket/raw-client.ts';
import { RawServer } from './websocket/raw-server.ts';

/** What an end tells of a connection that was cut: bytes may be lost with it, on the way to it or on its own. */
const untold = /^(error|close 1006)/;

type Play = (one: WebSocketCase, port: number, path: string) => Promise<Outcome>;

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, times: { type: 'string', default: '1' } },
});
const chosen = Array.from({ length: Number(values.times) }, () =>
  webSocketCases.filter((one) => one.name.includes(values.only)),
).flat();
const bench = new Workbench();
const program = await bundleAgent();
const echo = new EchoServer();
const raw = new RawServer();
let connections = 0;

function throughEcho(play: (one: WebSocketCase, port: number, path: string) => Promise<Buffer>): Play {
  return async (one, port, path) => {
    const received = await play(one, port, path);
    return { received: digest(received), told: await echo.linesOf(path) };
  };
}

/** The bytes behind a failure depend on whether a reset overtook them: only what was told counts then. */
function isSame(first: Outcome, second: Outcome, { cutAtBytes }: WebSocketCase): boolean {
  const told = ({ told: lines }: Outcome) =>
    JSON.stringify(cutAtBytes === undefined ? lines : lines.filter((line) => !untold.test(line)));
  return told(first) === told(second) && (cutAtBytes !== undefined || first.received === second.received);
}

async function judge(
  name: string,
  play: Play,
  directPort: number,
  port: number,
  direct: Play = play,
): Promise<void> {
  let passed = 0;
  for (const one of chosen) {
    const expected = await direct(one, directPort, `/${++connections}`);
    const met = await play(one, port, `/${++connections}`).catch(
      (error: Error): Outcome => ({ received: error.message, told: [] }),
    );
    if (isSame(expected, met, one)) {
      passed++;
      continue;
    }
    process.exitCode = 1;
    console.log(
      `FAILED ${name}: ${one.name}\n    without ${JSON.stringify(expected)}\n    with    ${JSON.stringify(met)}`,
    );
  }
  console.log(`${name}: ${passed} of ${chosen.length} as without agents`);
}

try {
  const echoPort = await echo.listen();
  const rawPort = await raw.listen();
  const overHttp1 = throughEcho(playOverHttp1);
  const overHttp2 = throughEcho(playOverHttp2);
  const playServer: Play = (one, port, path) => raw.play(one, port, path);
  for (const [where, start] of [
    ['one agent', startAgentHop],
    ['two agents', startAgentPair],
  ] as const) {
    const beforeEcho = await start(bench, program, { port: echoPort, protocol: 'http' });
    const beforeRaw = await start(bench, program, { port: rawPort, protocol: 'http' });
    await judge(`raw client, ${where}`, overHttp1, echoPort, beforeEcho.port);
    await judge(`raw client over HTTP/2, ${where}`, overHttp2, echoPort, beforeEcho.port, overHttp1);
    await judge(`raw server, ${where}`, playServer, rawPort, beforeRaw.port);
  }
} finally {
  echo.close();
  raw.close();
  await bench.close();
}
process.exit();
