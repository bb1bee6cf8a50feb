import type { Resource } from '@tulle/mesh/resource';
import type { VersionWeight } from '@tulle/mesh/traffic-split';
import type { Database } from '@tulle/prisma/database';
// Declares what vitest provides to `testDatabase`, which the compiler sees only where somebody imports it.
import type {} from '@tulle/prisma/testing-server';
import pino, { type Logger } from 'pino';
import type { Fleet } from '../agents/fleet.ts';
import type { Person } from '../people/person.ts';
import { type ApplyChange, createApplyChange, type GateFleet } from './apply-change.ts';
import { createConfigStore, type LocalConfigStore } from './config-store.ts';
import { createNotifications, type Notifications } from './notifications.ts';

export const ada: Person = {
  id: 'ada',
  name: 'Ada',
  email: 'ada@example.test',
  role: 'admin',
  via: 'dashboard',
};
export const bob: Person = {
  id: 'bob',
  name: 'Bob',
  email: 'bob@example.test',
  role: 'editor',
  via: 'dashboard',
};

export const silent: Logger = pino({ level: 'silent' });

/** A fleet that has one instance of each of these versions, each held by three agents. */
export function fakeFleet(versions: Readonly<Record<string, readonly string[]>>): Fleet & GateFleet {
  return {
    versionsOf: (service) => (versions[service] ?? []).map((version) => ({ version, instances: 1 })),
    services: () => Object.keys(versions),
    isCaller: (service) => service === 'load',
    holders: (service) => (versions[service] ? 3 : 0),
    holderIds: (service) => (versions[service] ? ['one', 'two', 'three'] : []),
  };
}

export interface TestReplica {
  readonly applyChange: ApplyChange;
  readonly configStore: LocalConfigStore;
  readonly notifications: Notifications;
  stop(): Promise<void>;
}

/** The gate and the store as one replica of the API has them. */
export async function startReplica(
  database: Database,
  fleet: GateFleet,
  now = Date.now,
): Promise<TestReplica> {
  const notifications = createNotifications({ database, logger: silent });
  const configStore = await createConfigStore({ database, notifications, logger: silent });
  const applyChange = createApplyChange({ database, configStore, fleet, logger: silent, now });
  return {
    applyChange,
    configStore,
    notifications,
    stop: async () => {
      await configStore.stop();
      await notifications.stop();
    },
  };
}

export function split(service: string, ...weights: readonly (readonly [string, number])[]): Resource {
  return { kind: 'TrafficSplit', service, weights: weights.map(versionWeight) };
}

function versionWeight([version, weight]: readonly [string, number]): VersionWeight {
  return { version, weight };
}
