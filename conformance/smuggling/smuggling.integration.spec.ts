import { afterAll, beforeAll, describe, it } from 'vitest';
import { bundleAgent } from '../../bench/installation.ts';
import { Workbench } from '../../bench/workbench.ts';
import { startRoutingAgent } from './agents.ts';
import { http1Shapes } from './http1-shapes.ts';
import { http2Shapes } from './http2-shapes.ts';
import { startNodeUpstream } from './node-upstream.ts';
import { playHttp1, playHttp2 } from './play.ts';
import { playResponse } from './play-response.ts';
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts';
import { responseShapes } from './response-shapes.ts';

const bench = new Workbench();
let upstream: Awaited<ReturnType<typeof startNodeUpstream>>;
let hop = 0;
let pair = 0;
let raw: RawUpstream;
let rawHop = 0;
let rawPair = 0;

beforeAll(async () => {
  upstream = await startNodeUpstream();
  const program = await bundleAgent();
  hop = await startRoutingAgent(bench, program, { upstream: upstream.port, isPair: false });
  pair = await startRoutingAgent(bench, program, { upstream: upstream.port, isPair: true });
  raw = await startRawUpstream();
  rawHop = await startRoutingAgent(bench, program, { upstream: raw.port, isPair: false });
  rawPair = await startRoutingAgent(bench, program, { upstream: raw.port, isPair: true });
});

afterAll(async () => {
  await bench.close();
  upstream.server.closeAllConnections();
  upstream.server.close();
  raw.close();
});

describe('node:http behind an agent sees what was meant and nothing else', () => {
  it.each(http1Shapes.map((shape) => [shape.name, shape] as const))('%s', async (_name, shape) => {
    await playHttp1(shape, hop, upstream);
  });

  it.each(http2Shapes.map((shape) => [shape.name, shape] as const))('HTTP/2, %s', async (_name, shape) => {
    await playHttp2(shape, hop, upstream);
  });
});

describe('node:http behind two agents sees what was meant and nothing else', () => {
  it.each(http1Shapes.map((shape) => [shape.name, shape] as const))('%s', async (_name, shape) => {
    await playHttp1(shape, pair, upstream);
  });

  it.each(http2Shapes.map((shape) => [shape.name, shape] as const))('HTTP/2, %s', async (_name, shape) => {
    await playHttp2(shape, pair, upstream);
  });
});

describe('whatever a server answers, its callers get what is theirs', () => {
  const shapes = responseShapes.map((shape) => [shape.name, shape] as const);

  it.each(shapes)('from an agent: %s', async (_name, shape) => {
    await playResponse(shape, rawHop, raw);
  });

  it.each(shapes)('from two agents: %s', async (_name, shape) => {
    await playResponse(shape, rawPair, raw);
  });
});
