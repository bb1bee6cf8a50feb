import { Histogram } from '@tulle/mesh/histogram';
import type { Database } from '@tulle/prisma/database';
import type { Fleet } from '../agents/fleet.ts';
import type { GateFleet } from '../changes/apply-change.ts';
import { silent, startReplica, type TestReplica } from '../changes/test-mesh.ts';
import type { EdgeCounters, TelemetryStore } from '../telemetry/store.ts';
import { rolloutChannel, type StoredRollout, storedRollout } from './rollout-store.ts';
import { createRollouts } from './rollouts.ts';

/** What the versions of a service have done, whenever one looks. */
export interface FakeTraffic {
  readonly version: string;
  readonly requests: number;
  readonly errors: number;
}

export function fakeTelemetry(traffic: () => readonly FakeTraffic[], destination = 'orders'): TelemetryStore {
  const edges = () => traffic().map((seen) => edgeOf(destination, seen));
  return {
    edges: async () => edges(),
    buckets: async ({ from, to, stepMs }) => {
      const first = Math.ceil(from / stepMs) * stepMs;
      const places = Math.max(0, Math.floor((to - first) / stepMs));
      return Array.from({ length: places }, (_, place) => ({ at: first + place * stepMs, edges: edges() }));
    },
    maxInstanceRate: () => new Map(traffic().map(({ version, requests }) => [version, requests])),
    since: () => 0,
    asOf: () => Date.now(),
  };
}

/** What was seen of calls that `shop` made. */
export function edgeOf(destination: string, { version, requests, errors }: FakeTraffic): EdgeCounters {
  const latency = new Histogram();
  for (let request = 0; request < requests; request++) latency.record(12);
  return {
    source: 'shop',
    destination,
    version,
    tls: true,
    requests,
    ok: requests - errors,
    clientErrors: 0,
    serverErrors: errors,
    meshErrors: 0,
    meshErrorCodes: {},
    retries: 0,
    bytesSent: 0,
    bytesReceived: 0,
    latency: latency.counts(),
  };
}

export type RolloutReplica = TestReplica & ReturnType<typeof createRollouts>;

/** One replica of the API with all that rollouts need; its runner is not started. */
export async function startRolloutReplica(
  database: Database,
  fleet: Fleet & GateFleet,
  telemetry: TelemetryStore,
  now = Date.now,
): Promise<RolloutReplica> {
  const replica = await startReplica(database, fleet);
  const bus = { publish: () => undefined };
  const parts = createRollouts({ database, ...replica, fleet, telemetry, bus, logger: silent, now });
  return {
    ...replica,
    ...parts,
    stop: async () => {
      await parts.runner.stop();
      await replica.stop();
    },
  };
}

/** Resolves as soon as the stored rollout is as wanted; looks whenever one of its transitions is told of. */
export async function untilRollout(
  { database, notifications }: { database: Database; notifications: TestReplica['notifications'] },
  id: string,
  isWanted: (rollout: StoredRollout) => boolean,
): Promise<StoredRollout> {
  const { promise, resolve, reject } = Promise.withResolvers<StoredRollout>();
  const look = () => {
    database.prisma.rollout.findUniqueOrThrow({ where: { id } }).then((row) => {
      const rollout = storedRollout(row);
      if (isWanted(rollout)) resolve(rollout);
    }, reject);
  };
  const stopListening = await notifications.listen(rolloutChannel, {
    onPayload: (told) => {
      if (told === id) look();
    },
  });
  look();
  return promise.finally(stopListening);
}
