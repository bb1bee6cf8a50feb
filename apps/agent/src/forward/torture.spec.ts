import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataPlane } from '../data-plane.ts';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { bodyOf, countsOf, type Outcome, play, type Script } from '../specs/faulty-callers.ts';
import { CUT_ANSWER, type Fault, SAID_BYTES, startFaultyService } from '../specs/faulty-services.ts';
import { http2Client } from '../specs/http2-services.ts';
import { startOutbound, startPair, viewOf } from '../specs/planes.ts';

const long = process.env.TULLE_LONG === '1';
const runs = long ? { numRuns: 1_500 } : { numRuns: 20, seed: 7 };
const timeoutMs = long ? 1_800_000 : 60_000;

const MAX_CONNECTIONS = 16;
const policy = {
  connections: { max: MAX_CONNECTIONS, maxPending: 1_000, maxRequests: 1_000 },
  outlierDetection: { consecutiveFailures: 0, successRateBelowPercent: 0 },
};

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ type: fc.constantFrom('echo', 'early', 'short', 'long', 'silent', 'garbage', 'slow') }),
  fc.record({ type: fc.constant('cut' as const), at: fc.nat(CUT_ANSWER.length - 1) }),
);
const part = fc.double({ min: 0, max: 0.999, noNaN: true });
const manner: fc.Arbitrary<Script['manner']> = fc.oneof(
  fc.constant({ type: 'whole' as const }),
  fc.record({ type: fc.constant('slices' as const), size: fc.integer({ min: 50, max: 20_000 }) }),
  fc.record({ type: fc.constant('cut' as const), part, reset: fc.boolean() }),
);
const script: fc.Arbitrary<Script> = fc.record({
  caller: fc.constantFrom('http1', 'http2'),
  fault,
  bytes: fc.oneof(fc.nat(20), fc.nat(3_000), fc.nat(400_000)),
  chunked: fc.boolean(),
  manner,
});
const good: fc.Arbitrary<Script> = fc.record({
  caller: fc.constantFrom('http1', 'http2'),
  fault: fc.constant({ type: 'echo' as const }),
  bytes: fc.oneof(fc.nat(20), fc.nat(100_000)),
  chunked: fc.boolean(),
  manner: fc.constant({ type: 'whole' as const }),
});
const crowd = fc.array(fc.oneof({ weight: 2, arbitrary: script }, { weight: 1, arbitrary: good }), {
  minLength: 1,
  maxLength: 24,
});

interface Setup {
  readonly port: number;
  readonly planes: readonly DataPlane[];
}

async function start(hop: string, protocol: 'http' | 'http2'): Promise<Setup> {
  const service = await startFaultyService(protocol);
  if (hop === 'plain') {
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service }], { protocol, policy })]);
    return { port, planes: [plane] };
  }
  const between = hop === 'http1' ? { hop: 'http1' as const } : {};
  const { port, caller, web } = await startPair(new TestAuthority(), service, {
    web: { protocol },
    policy: { ...policy, ...between },
  });
  return { port, planes: [caller, web] };
}

describe.each(['plain', 'http2', 'http1'])('callers and services that break every rule, hop %s', (hop) => {
  it.each(['http', 'http2'] as const)(
    'harm nobody else and leave nothing behind, service %s',
    async (protocol) => {
      const { port, planes } = await start(hop, protocol);
      const client = http2Client(port);
      // Over all crowds: what was reset may be read, and counted, when its own is over.
      let [least, most] = [0, 0];
      await fc.assert(
        fc.asyncProperty(crowd, async (scripts) => {
          const outcomes = await Promise.all(
            scripts.map(async (each) => {
              const outcome = await play(each, port, client);
              expectWithinLimits(planes);
              return outcome;
            }),
          );
          for (const [index, each] of scripts.entries()) judge(each, outcomes[index] as Outcome);
          expect([client.destroyed, client.closed]).toEqual([false, false]);
          await expect.poll(() => leftovers(planes), { interval: 5, timeout: 5_000 }).toEqual([]);
          for (const [atLeast, atMost] of scripts.map(countsOf)) {
            least += atLeast;
            most += atMost;
          }
          expect(countOf(planes[0])).toBeGreaterThanOrEqual(least);
          expect(countOf(planes[0])).toBeLessThanOrEqual(most);
        }),
        { ...runs, endOnFailure: !long },
      );
    },
    timeoutMs,
  );
});

/** What may come of a request, whatever is between its caller and its service. */
function judge(each: Script, { status, body, complete }: Outcome): void {
  if (each.manner.type === 'cut') return;
  const said = { script: { ...each }, status, complete };
  switch (each.fault.type) {
    case 'echo':
      expect({ ...said, same: body === bodyOf(each) }).toEqual({
        ...said,
        status: 200,
        complete: true,
        same: true,
      });
      break;
    case 'early':
      expect({ ...said, body }).toEqual({ ...said, status: 200, complete: true, body: 'early' });
      break;
    case 'slow':
      expect({ ...said, body }).toEqual({
        ...said,
        status: 200,
        complete: true,
        body: CUT_ANSWER.slice(-20),
      });
      break;
    case 'silent':
      expect(said).toEqual({ ...said, status: 504, complete: true });
      break;
    case 'long':
      if (status === 200) expect(body.length).toBeLessThanOrEqual(SAID_BYTES);
      break;
    default:
      // Broken off, or said to be broken; never a whole answer of the service.
      expect({ ...said, ok: status === 200 && complete }).toEqual({ ...said, ok: false });
  }
}

function expectWithinLimits(planes: readonly DataPlane[]): void {
  for (const plane of planes) {
    for (const { connections } of plane.stats().endpoints)
      expect(connections).toBeLessThanOrEqual(MAX_CONNECTIONS);
  }
}

/** What is still held for requests when all of them are over. */
function leftovers(planes: readonly DataPlane[]): object[] {
  return planes.flatMap((plane) => {
    const { activeRequests, endpoints } = plane.stats();
    const circuits = plane.measurements().circuits.map(({ active }) => active);
    const held = { activeRequests, circuits, ...count(endpoints) };
    const sums = plane.telemetry().filter((series) => series.requests !== outcomesOf(series));
    const nothing =
      activeRequests + held.active + held.pending + circuits.reduce((sum, active) => sum + active, 0);
    return nothing === 0 && sums.length === 0 ? [] : [{ ...held, sums }];
  });
}

function count(endpoints: readonly { active: number; pending: number }[]): {
  active: number;
  pending: number;
} {
  let active = 0;
  let pending = 0;
  for (const endpoint of endpoints) {
    active += endpoint.active;
    pending += endpoint.pending;
  }
  return { active, pending };
}

type Counters = ReturnType<DataPlane['telemetry']>[number];

function outcomesOf({ ok, clientErrors, serverErrors, meshErrors }: Counters): number {
  return ok + clientErrors + serverErrors + meshErrors;
}

function countOf(plane: DataPlane | undefined): number {
  return (plane?.telemetry() ?? []).reduce((sum, { requests }) => sum + requests, 0);
}
