import type { ServiceView } from '@tulle/mesh/service-view';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataPlane } from '../data-plane.ts';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { rulesOf } from '../router/mesh.spec-support.ts';
import { bodyOf, countsOf, type Outcome, play, type Script } from '../specs/faulty-callers.ts';
import { CUT_ANSWER, type Fault, SAID_BYTES, startFaultyService } from '../specs/faulty-services.ts';
import { http2Client } from '../specs/http2-services.ts';
import { startOutbound, startPair, viewOf } from '../specs/planes.ts';
import { reservedPort } from '../specs/reserved-port.ts';
import { startRawService } from '../specs/services.ts';

const long = process.env.TULLE_LONG === '1';
const runs = long ? { numRuns: 1_500 } : { numRuns: 20, seed: 7 };
const timeoutMs = long ? 1_800_000 : 300_000;

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

/** What becomes of the certificates of both agents while requests are in flight. */
type Turmoil = 'none' | 'rotated' | 'revoked';
const turmoil: fc.Arbitrary<Turmoil> = fc.constantFrom('none', 'none', 'rotated', 'revoked');

interface Setup {
  readonly port: number;
  readonly planes: readonly DataPlane[];
  readonly trouble: (turmoil: Turmoil) => void;
}

type Protocol = 'http' | 'http2' | 'grpc';

/** Each of the copies of a request goes to a service that harms it in its own way. */
async function startMirrored(): Promise<{ views: ServiceView[]; rules: ServiceView['rules'] }> {
  const mute = await startRawService((socket) => socket.end());
  const rude = await startRawService((socket) => socket.resetAndDestroy());
  const quick = await startRawService((socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  );
  const ports = { mute: mute.port, rude: rude.port, quick: quick.port, gone: await reservedPort() };
  const filters = Object.keys(ports).map((name) => ({
    type: 'RequestMirror' as const,
    requestMirror: { backendRef: { name } },
  }));
  const views = Object.entries(ports).map(([name, port]) => viewOf(name, [{ port }], { policy }));
  return { views, ...rulesOf({ filters }) };
}

async function start(hop: string, protocol: Protocol): Promise<Setup> {
  const service = await startFaultyService(protocol === 'http' ? 'http' : 'http2');
  if (hop === 'plain') {
    const { views, rules } = await startMirrored();
    const web = viewOf('web', [{ port: service }], { protocol, policy, rules });
    const { port, plane } = await startOutbound([web, ...views]);
    return { port, planes: [plane], trouble: () => {} };
  }
  const between = hop === 'http1' ? { hop: 'http1' as const } : {};
  const authority = new TestAuthority();
  let identity = authority.identity('caller');
  const revoked: string[] = [];
  const { port, caller, web } = await startPair(authority, service, {
    callerIdentity: identity,
    web: { protocol },
    policy: { ...policy, ...between },
  });
  const trouble = (turmoil: Turmoil) => {
    if (turmoil === 'none') return;
    if (turmoil === 'revoked') revoked.push(identity.serial);
    identity = authority.identity('caller');
    caller.setIdentity(identity);
    web.setIdentity(authority.identity('web'));
    web.setRevoked(revoked);
  };
  return { port, planes: [caller, web], trouble };
}

describe.each(['plain', 'http2', 'http1'])('callers and services that break every rule, hop %s', (hop) => {
  it.each(['http', 'http2', 'grpc'] as const)(
    'harm nobody else and leave nothing behind, service %s',
    async (protocol) => {
      const { port, planes, trouble } = await start(hop, protocol);
      const client = http2Client(port);
      // Over all crowds: what was reset may be read, and counted, when its own is over.
      let [least, most] = [0, 0];
      await fc.assert(
        fc.asyncProperty(crowd, turmoil, async (scripts, turmoil) => {
          const playing = scripts.map(async (each) => {
            const web = protocol === 'grpc' && each.caller === 'http1';
            const outcome = await play({ ...each, web }, port, client);
            expectWithinLimits(planes);
            return outcome;
          });
          await Promise.race(playing);
          trouble(turmoil);
          const outcomes = await Promise.all(playing);
          // Who was revoked is cut off, whatever was in flight.
          if (hop === 'plain' || turmoil !== 'revoked')
            for (const [index, each] of scripts.entries()) judge(each, outcomes[index] as Outcome);
          expect([client.destroyed, client.closed]).toEqual([false, false]);
          await expect.poll(() => leftovers(planes), { interval: 5 }).toEqual([]);
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
