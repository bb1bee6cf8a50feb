import { hkdfSync } from 'node:crypto';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import { createAccess } from './access/access.ts';
import { createAgentListener } from './agent-listener/create-agent-listener.ts';
import { createAgents } from './agents/create-agents.ts';
import { createFleet } from './agents/create-fleet.ts';
import type { Api } from './api.ts';
import { createApiTokens } from './api-tokens/create-api-tokens.ts';
import { createCertificates } from './certificates/create-certificates.ts';
import { createRevocations } from './certificates/revocations.ts';
import { createApplyChange } from './changes/apply-change.ts';
import { createChanges } from './changes/changes.ts';
import { createConfigStore } from './changes/config-store.ts';
import { createNotifications } from './changes/notifications.ts';
import { createAckLedger } from './distribution/ack-ledger.ts';
import { createDistribution } from './distribution/create-distribution.ts';
import { createGuard } from './http/guard.ts';
import { startHttpServer, type WebHandler } from './http/server.ts';
import { createIdentity } from './identity/identity.ts';
import { loadSecretKey } from './identity/secret-key.ts';
import { createJoinTokens } from './join-tokens/create-join-tokens.ts';
import { createLive } from './live/live.ts';
import { createMeshFacts } from './mesh-facts/create-mesh-facts.ts';
import { createMetrics } from './metrics/create-metrics.ts';
import { renderOwnMetrics } from './metrics/own-metrics.ts';
import { createDepartures } from './people/departures.ts';
import { createDirectory } from './people/directory.ts';
import { writeOperatorFile } from './people/operator-file.ts';
import { createPeople } from './people/people.ts';
import { createResources } from './resources/resources.ts';
import { createRollouts } from './rollouts/rollouts.ts';
import { createRootRotation } from './root-rotation/create-root-rotation.ts';
import { createTrustReports } from './root-rotation/trust-reports.ts';
import { createServices } from './services/create-services.ts';
import { createServiceDeclarer } from './services/declare-service.ts';
import { createTelemetry } from './telemetry/create-telemetry.ts';
import { createTopology } from './topology/create-topology.ts';
import { createTrafficSplits } from './traffic-splits/traffic-splits.ts';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly agentsHost: string;
  readonly agentsPort: number;
  /** Where browsers reach the dashboard, when not at its own address. */
  readonly publicUrl?: string | undefined;
  readonly allowedHosts: readonly string[];
  readonly dataDir: string;
  /** The user's own PostgreSQL, when there is one; only looked at, as the database is open already. */
  readonly databaseUrl?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly trustDomain?: string | undefined;
  readonly certificateLifetimeMs: number;
}

export interface RunningServer {
  /** Where browsers reach the dashboard. */
  readonly url: string;
  readonly port: number;
  /** Where agents reach their listener. */
  readonly agentsUrl: string;
  /** A link that signs in once. */
  welcomeUrl(): Promise<string>;
  close(): Promise<void>;
}

/**
 * The whole control plane: gate, identity, agents' listener, telemetry, rollouts and the people's port, put together
 * in the order in which they need each other and taken apart in the reverse.
 * Errors: MeshError with a sentence for the person; the listeners' own (EADDRINUSE, EACCES).
 */
export async function startServer(options: {
  settings: ServerSettings;
  database: Database;
  logger: Logger;
  web: WebHandler | undefined;
}): Promise<RunningServer> {
  const { settings, database, logger, web } = options;
  const { dataDir, secretKey } = settings;
  const closers: (() => Promise<void> | void)[] = [];
  let started = false;
  try {
    return await start();
  } catch (error) {
    await close();
    throw error;
  }

  async function start(): Promise<RunningServer> {
    const shared = { database, logger };

    const notifications = createNotifications(shared);
    closers.push(() => notifications.stop());
    const configStore = await createConfigStore({ ...shared, notifications });
    closers.push(() => configStore.stop());
    const { live, bus, stop: stopLive } = await createLive({ ...shared, notifications, configStore });
    closers.push(stopLive);
    const identity = await createIdentity({
      ...shared,
      ...{
        dataDir,
        secretKey,
        trustDomain: settings.trustDomain,
        lifetimeMs: settings.certificateLifetimeMs,
      },
    });
    closers.push(() => identity.stop());
    const fleet = await createFleet({ ...shared, live: bus, notifications });
    closers.push(() => fleet.stop());
    const revocations = await createRevocations({ ...shared, notifications });
    closers.push(() => revocations.stop());
    const applyChange = createApplyChange({ ...shared, configStore, fleet });
    const telemetry = await createTelemetry(shared);
    closers.push(() => telemetry.stop());
    const ledger = createAckLedger({ ...shared, live: bus });
    closers.push(() => ledger.stop());
    const distribution = createDistribution({
      ...shared,
      ...{ configStore, fleet, identity, revocations, ledger, live: bus },
    });
    closers.push(() => distribution.stop());
    const certificates = createCertificates({ ...shared, identity, fleet, revocations, live: bus });
    closers.push(() => certificates.stop());
    const trustReports = createTrustReports(fleet);
    const rootRotation = await createRootRotation({
      ...shared,
      ...{ identity, fleet, distribution, trustReports, notifications, live: bus },
    });
    closers.push(() => rootRotation.stop());
    const joinTokens = createJoinTokens({ ...shared, identity, live: bus, apiAddress: () => agentsUrl });
    const listener = await createAgentListener({
      ...shared,
      ...{ identity, fleet, distribution, revocations, trustReports, live: bus, tokens: joinTokens },
      telemetry: telemetry.ingest,
      declareService: createServiceDeclarer({ applyChange, configStore }),
      host: settings.agentsHost,
      port: settings.agentsPort,
    });
    closers.push(() => listener.stop());
    const agentsUrl = `https://${hostInUrl(settings.agentsHost)}:${listener.port}`;

    const { rollouts, runner } = createRollouts({
      ...shared,
      ...{ notifications, configStore, fleet, telemetry: telemetry.store, applyChange, bus },
    });
    await runner.start();
    closers.push(() => runner.stop());
    const views = { ...shared, configStore, fleet, identity, telemetry: telemetry.store };
    const topology = createTopology(views);
    const agents = createAgents(views);

    const ownUrl = `http://${hostInUrl(settings.host)}:${settings.port}`;
    const baseUrl = settings.publicUrl ?? ownUrl;
    const departures = await createDepartures({ ...shared, notifications, live: bus });
    closers.push(() => departures.stop());
    const apiTokens = createApiTokens({ ...shared, baseUrl, departures });
    const api: Api = {
      access: createAccess({ ...views, applyChange }),
      agents,
      apiTokens,
      certificates,
      changes: createChanges({ ...shared, applyChange }),
      joinTokens,
      live,
      liveTopology: topology.live,
      meshFacts: createMeshFacts(database, {
        trustDomain: identity.trustDomain,
        publicUrl: baseUrl,
        agentsUrl,
        database: settings.databaseUrl === undefined ? 'own' : 'external',
        certificateLifetimeMs: settings.certificateLifetimeMs,
      }),
      metrics: createMetrics(views),
      people: createDirectory({ ...shared, baseUrl, departures }),
      resources: createResources({ configStore, applyChange }),
      rollouts,
      rootRotation,
      services: createServices({ ...views, topology, agents }),
      topology,
      trafficSplits: createTrafficSplits({ ...views, applyChange }),
    };

    const guard = createGuard({ baseUrl, ownUrl, allowedHosts: settings.allowedHosts });
    const key = await loadSecretKey({ secretKey, dataDir });
    const people = createPeople({
      prisma: database.prisma,
      secret: Buffer.from(hkdfSync('sha256', key.bytes, '', 'tulle sessions', 32)).toString('base64url'),
      baseUrl,
      trustedOrigins: guard.origins,
      ...{ apiTokens, departures, logger },
    });
    const http = await startHttpServer({
      ...{ host: settings.host, port: settings.port, api, people, guard, web, logger },
      ready: async () => {
        if (!started) throw new Error('starting');
        await database.pool.query('SELECT 1');
      },
      metrics: async () =>
        renderOwnMetrics({ listener, distribution, telemetry, configStore, pool: database.pool }),
    });
    closers.push(() => http.close());
    await writeOperatorFile(people, dataDir, `http://${hostInUrl(settings.host)}:${http.port}`);
    started = true;
    return { url: baseUrl, port: http.port, agentsUrl, welcomeUrl: () => people.welcomeUrl(), close };
  }

  async function close(): Promise<void> {
    for (let next = closers.pop(); next !== undefined; next = closers.pop()) {
      try {
        await next();
      } catch (err) {
        logger.error({ err }, 'a part of the server did not stop cleanly');
      }
    }
  }
}

/** All addresses of the machine are reached by the loopback on it; IPv6 addresses stand in brackets. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
