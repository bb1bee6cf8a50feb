import os from 'node:os';
import { MeshError } from '@tulle/mesh/errors';
import type { Database } from '@tulle/prisma/database';
import pino, { type Logger } from 'pino';
import { createFleet } from '../agents/create-fleet.ts';
import { createCertificates } from '../certificates/create-certificates.ts';
import { createRevocations } from '../certificates/revocations.ts';
import { createApplyChange } from '../changes/apply-change.ts';
import { createConfigStore } from '../changes/config-store.ts';
import { createNotifications } from '../changes/notifications.ts';
import { createAckLedger } from '../distribution/ack-ledger.ts';
import { createDistribution } from '../distribution/create-distribution.ts';
import { createIdentity } from '../identity/identity.ts';
import { createJoinTokens } from '../join-tokens/create-join-tokens.ts';
import type { LiveEvent } from '../live/view.ts';
import type { Person } from '../people/person.ts';
import { createRootRotation } from '../root-rotation/create-root-rotation.ts';
import { createTrustReports } from '../root-rotation/trust-reports.ts';
import { createServiceDeclarer } from '../services/declare-service.ts';
import type { TelemetryIngest } from '../telemetry/ingest.ts';
import { createAgentListener } from './create-agent-listener.ts';

export const ada: Person = {
  id: 'ada',
  name: 'Ada',
  email: 'ada@example.test',
  role: 'admin',
  via: 'dashboard',
};
export const silent: Logger = pino({ level: 'silent' });

/** The same for every start, so that a database can be opened again. */
const secretKey = 'ab'.repeat(32);

/** Everything that agents speak to, in one process, for specs and benches. */
export async function startControlPlane({
  database,
  port = 0,
  lifetimeMs,
  telemetry = refusingTelemetry,
  now = Date.now,
  logger = silent,
}: {
  database: Database;
  port?: number;
  lifetimeMs?: number;
  telemetry?: TelemetryIngest;
  now?: () => number;
  logger?: Logger;
}) {
  const events: LiveEvent[] = [];
  const live = { publish: (event: LiveEvent) => void events.push(event) };
  const common = { database, live, logger, now };

  const notifications = createNotifications({ database, logger });
  const configStore = await createConfigStore({ database, notifications, logger });
  const identity = await createIdentity({ ...common, dataDir: os.tmpdir(), secretKey, lifetimeMs });
  const fleet = await createFleet({ ...common, notifications });
  const revocations = await createRevocations({ ...common, notifications });
  const applyChange = createApplyChange({ ...common, configStore, fleet });
  const declareService = createServiceDeclarer({ applyChange, configStore });
  const ledger = createAckLedger(common);
  const distribution = createDistribution({ ...common, configStore, fleet, identity, revocations, ledger });
  const certificates = createCertificates({ ...common, identity, fleet, revocations });
  const trustReports = createTrustReports(fleet);
  const rootRotation = await createRootRotation({
    ...common,
    ...{ identity, fleet, distribution, trustReports, notifications },
  });
  const tokens = createJoinTokens({ ...common, identity, apiAddress: () => '127.0.0.1:0' });
  const listener = await createAgentListener({
    ...common,
    identity,
    fleet,
    distribution,
    revocations,
    tokens,
    telemetry,
    trustReports,
    declareService,
    host: '127.0.0.1',
    port,
  });

  async function token(service: string, lifetimeMs = 900_000): Promise<string> {
    return (await tokens.create(ada, { service, lifetimeMs })).token;
  }

  async function stop(): Promise<void> {
    await listener.stop();
    rootRotation.stop();
    distribution.stop();
    await ledger.stop();
    certificates.stop();
    revocations.stop();
    await fleet.stop();
    identity.stop();
    await configStore.stop();
    await notifications.stop();
  }

  return {
    ...{ applyChange, certificates, configStore, database, distribution, events, fleet, identity },
    ...{ listener, revocations, rootRotation, tokens },
    port: listener.port,
    token,
    stop,
  };
}

export type ControlPlane = Awaited<ReturnType<typeof startControlPlane>>;

const refusingTelemetry: TelemetryIngest = {
  report: () => Promise.reject(new MeshError('unavailable', 'No telemetry here.')),
};
