/**
 * Every known shape of request smuggling, against an agent and against two, with a real server of another maker behind.
 *   npm run conformance:smuggling -- [--only nginx|answers]
 * A shape passes when the server saw the requests that were meant and not one more, the client got what it should, and
 * the next caller gets its own answer. The same with node:http is part of `npm test`.
 */
import { parseArgs } from 'node:util';
import { bundleAgent } from '../bench/installation.ts';
import { Workbench } from '../bench/workbench.ts';
import { startRoutingAgent } from './smuggling/agents.ts';
import { http1Shapes } from './smuggling/http1-shapes.ts';
import { http2Shapes } from './smuggling/http2-shapes.ts';
import { startNginxUpstream, startPythonUpstream } from './smuggling/logging-upstreams.ts';
import { startNodeUpstream } from './smuggling/node-upstream.ts';
import { playHttp1, playHttp2 } from './smuggling/play.ts';
import { playResponse } from './smuggling/play-response.ts';
import { startRawUpstream } from './smuggling/raw-upstream.ts';
import { responseShapes } from './smuggling/response-shapes.ts';
import type { Upstream } from './smuggling/upstream.ts';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const bench = new Workbench();
const program = await bundleAgent();
const makers: Readonly<Record<string, () => Promise<Upstream>>> = {
  node: startNodeUpstream,
  nginx: () => startNginxUpstream(bench),
  python: () => startPythonUpstream(bench),
};

interface Play {
  readonly name: string;
  play(): Promise<void>;
}

function requestPlays(upstream: Upstream, port: number): Play[] {
  return [
    ...http1Shapes.map((shape) => ({ name: shape.name, play: () => playHttp1(shape, port, upstream) })),
    ...http2Shapes.map((shape) => ({
      name: `HTTP/2, ${shape.name}`,
      play: () => playHttp2(shape, port, upstream),
    })),
  ];
}

async function judge(where: string, plays: readonly Play[]): Promise<void> {
  let passed = 0;
  for (const { name, play } of plays) {
    try {
      await play();
      passed++;
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAILED ${where}: ${name}\n    ${error instanceof Error ? error.message : error}`);
    }
  }
  console.log(`${where}: ${passed} of ${plays.length} passed`);
}

try {
  for (const [name, start] of Object.entries(makers)) {
    if (!name.includes(values.only)) continue;
    const upstream = await start();
    for (const isPair of [false, true]) {
      const port = await startRoutingAgent(bench, program, { upstream: upstream.port, isPair });
      await judge(`${name} behind ${isPair ? 'two agents' : 'an agent'}`, requestPlays(upstream, port));
    }
  }
  if ('answers'.includes(values.only)) {
    const upstream = await startRawUpstream();
    for (const isPair of [false, true]) {
      const port = await startRoutingAgent(bench, program, { upstream: upstream.port, isPair });
      const plays = responseShapes.map((shape) => ({
        name: shape.name,
        play: () => playResponse(shape, port, upstream),
      }));
      await judge(`answers behind ${isPair ? 'two agents' : 'an agent'}`, plays);
    }
  }
} finally {
  await bench.close();
}
process.exit();
