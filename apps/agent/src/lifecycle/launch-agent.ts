import { join } from 'node:path';
import type { Self } from '@tulle/mesh/service-view';
import type { AdminSource } from '../admin/admin-source.ts';
import { LatestWriter } from '../config-store/latest-writer.ts';
import {
  createDataPlane,
  type DataPlaneLogger,
  type DataPlaneOptions,
  type NamesOptions,
} from '../data-plane.ts';
import { RecentErrors } from '../diagnostics/recent-errors.ts';
import { type GatewayOptions, gatewayAddresses, gatewayCertificates } from '../gateway/gateway-options.ts';
import { WatchedCertificates } from '../gateway/watched-certificates.ts';
import { instanceOfIdentity } from '../identity/identity-store.ts';
import { AddressStore } from '../loopback/address-store.ts';
import { Agent } from './agent.ts';
import { bindDataPlane } from './bind-data-plane.ts';
import { DataDir, defaultDataDir } from './data-dir.ts';
import { Inheritance } from './inheritance.ts';
import {
  type InstanceState,
  inventInstanceName,
  loadInstanceState,
  type RememberedPorts,
  saveInstanceState,
} from './instance-state.ts';
import { guardMemory } from './memory-guard.ts';
import { type MeshOptions, UsageError } from './options.ts';
import { isLoopback, reachableHost } from './reachable-host.ts';
import type { Successor } from './successor.ts';
import { limitThreadPool } from './trim-memory.ts';

/** How often it is seen to that the data directory is there. */
const lookEveryMs = 2_000;

export type LaunchOptions = MeshOptions &
  Partial<GatewayOptions> & {
    readonly outboundPort: number;
    readonly inboundPort: number;
    readonly adminPort: number;
  };

export interface LaunchParts {
  readonly inheritance?: Inheritance | undefined;
  readonly createDataPlane?: typeof createDataPlane | undefined;
  /** What POST /restart does; absent where whoever started the agent restarts it. */
  readonly restart?: AdminSource['restart'];
}

export interface Launched {
  readonly agent: Agent;
  readonly self: Self;
  /** The successor is ready: it writes and speaks to the API, and this process has only to drain. */
  handTo(successor: Successor): Promise<void>;
  /** Reads again what it shows at a gateway. */
  readonly rereadCertificates: () => void;
  /** Drains, stores and gives the data directory free. */
  stop(): Promise<void>;
}

/**
 * Starts an agent: it listens, and serves if the disk holds all it needs; the API comes in by and by. As a successor
 * it takes over once it can serve, and does not touch the directory before.
 */
export async function launchAgent(
  options: LaunchOptions,
  logger: DataPlaneLogger,
  parts: LaunchParts = {},
): Promise<Launched> {
  const { inheritance = Inheritance.none() } = parts;
  const { service, serviceVersion: version, zone } = options;
  if (service === undefined)
    throw new UsageError('Say which service this is with --service (or TULLE_SERVICE).');
  limitThreadPool();
  const name = options.instance ?? `${service}-${version}`;
  const path = options.dataDir ?? defaultDataDir(name, process.env);
  const dataDir = DataDir.open(path, { lock: !inheritance.isSuccession });
  try {
    const stored = loadInstanceState(dataDir.path, logger);
    const known = options.instance ?? stored?.instance ?? instanceOfIdentity(dataDir.path);
    const instance = known ?? inventInstanceName(service, version);
    const self = { service, version, instance, ...(zone && { zone }) };
    const remembered = stored?.ports ?? { upstreams: {} };
    const addresses = new AddressStore(dataDir.path, logger);
    const names = namesOptions(options, addresses);
    const certificates = new WatchedCertificates(gatewayCertificates(options), logger);
    const agent = await listenIn(dataDir.path, options, self, remembered, names, certificates, parts, logger);
    await takeOver(inheritance, agent, dataDir);
    await agent.begin();
    const remembering = remember(dataDir.path, self, agent.ports, logger);
    const looking = remakeWhenGone(dataDir, logger, () => {
      agent.rewrite();
      remembering.again();
    });
    return {
      agent,
      self,
      rereadCertificates: () => certificates.reread(),
      handTo: async (successor) => {
        certificates.close();
        clearInterval(looking);
        await agent.handOver();
        await Promise.all([addresses.settled(), remembering.settled()]);
        dataDir.handTo(successor.pid);
        successor.handOver();
      },
      stop: async () => {
        certificates.close();
        await agent.stop();
        clearInterval(looking);
        await Promise.all([addresses.settled(), remembering.settled()]);
        dataDir.release();
      },
    };
  } catch (error) {
    dataDir.release();
    throw error;
  }
}

/** The certificate above all is needed for the next start, and its token was good for once. */
function remakeWhenGone(dataDir: DataDir, logger: DataPlaneLogger, onRemade: () => void): NodeJS.Timeout {
  const look = () => {
    try {
      if (!dataDir.remakeIfGone()) return;
      logger.error(
        { dataDir: dataDir.path },
        'the data directory or its lock was removed, all is written anew',
      );
      onRemade();
    } catch (error) {
      logger.error({ err: error }, 'the data directory was removed, and cannot be made anew');
    }
  };
  return setInterval(look, lookEveryMs).unref();
}

/** One that could not serve is no successor: the process before it goes on then. */
async function takeOver(inheritance: Inheritance, agent: Agent, dataDir: DataDir): Promise<void> {
  const { notReady } = agent.status();
  if (inheritance.isSuccession && notReady.length > 0)
    throw new UsageError(`What is on disk is not enough to serve with: ${notReady.join(', ')}.`);
  await inheritance.takeOver();
  if (!inheritance.isSuccession) return;
  dataDir.lock();
  agent.reread();
}

/** A disk that is full is no reason not to serve: what is in force now is written once there is room. */
function remember(
  dataDir: string,
  { instance }: Self,
  ports: Agent['ports'],
  logger: DataPlaneLogger,
): LatestWriter<InstanceState> {
  const { outbound, inbound, admin, upstreams } = ports;
  const writer = new LatestWriter<InstanceState>(
    (state) => saveInstanceState(dataDir, state),
    (error) => logger.error({ err: error }, 'the name of this copy and its ports could not be stored'),
  );
  writer.put({ instance, ports: { outbound, inbound, admin, upstreams } });
  return writer;
}

async function listenIn(
  dataDir: string,
  options: LaunchOptions,
  self: Self,
  remembered: RememberedPorts,
  names: NamesOptions | undefined,
  certificates: WatchedCertificates,
  { inheritance = Inheritance.none(), createDataPlane: create = createDataPlane, restart }: LaunchParts,
  unwatched: DataPlaneLogger,
): Promise<Agent> {
  const { sockets } = inheritance;
  const recentErrors = new RecentErrors();
  const logger = recentErrors.watch(unwatched);
  let agent: Agent | undefined;
  const advertised = options.advertise ?? reachableHost(options.api);
  const { outboundHost, tlsPassthroughPort } = options;
  const dataPlaneOptions: DataPlaneOptions = {
    self,
    local: options.port === undefined ? undefined : { host: options.localHost, port: options.port },
    outbound: { host: outboundHost, port: options.outboundPort },
    upstreams: options.upstreams.map((upstream) => ({ ...upstream, host: outboundHost })),
    tlsPassthrough:
      tlsPassthroughPort === undefined ? undefined : { host: outboundHost, port: tlsPassthroughPort },
    names,
    gateway: gatewayAddresses(options),
    inbound: options.port === undefined ? undefined : { ...inboundAddress(options, advertised), tls: true },
    limits: options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections },
    observability: {
      accessLog: { path: options.accessLog, fields: options.accessLogFields },
      otlpEndpoint: options.otlpEndpoint,
    },
    onUnknownService: (service) => agent?.watch(service),
    sockets,
    logger,
  };
  const { dataPlane, ports } = await bindDataPlane(dataPlaneOptions, remembered, create);
  certificates.follow((now) => dataPlane.setServerCertificates(now));
  const inbound = ports.inbound === undefined ? undefined : { host: advertised, port: ports.inbound };
  guardMemory(dataPlane, logger, options.memoryLimit);
  agent = new Agent({ options, self, dataDir, dataPlane, ports, inbound, restart, logger, recentErrors });
  if (!agent.hasIdentity && options.token === undefined) throw new UsageError(needsToken(self, dataDir));
  await agent.listen(options.adminPort === 0 ? (remembered.admin ?? 0) : options.adminPort, sockets);
  return agent;
}

function namesOptions(options: LaunchOptions, store: AddressStore): NamesOptions | undefined {
  const { dnsHost, dnsPort } = options;
  if (dnsPort === undefined) return undefined;
  return {
    dns: { host: dnsHost, port: dnsPort },
    addresses: store.load(),
    onAssigned: (addresses) => store.save(addresses),
  };
}

function inboundAddress(options: LaunchOptions, advertised: string): { host: string; port: number } {
  const everywhere = isLoopback(advertised) ? '127.0.0.1' : '0.0.0.0';
  return { host: options.inboundHost ?? everywhere, port: options.inboundPort };
}

function needsToken({ service }: Self, dataDir: string): string {
  return (
    `There is no certificate for ${service} in ${join(dataDir, 'identity.json')} and no join token: make one on the ` +
    `dashboard under Agents, or with \`tulle token create ${service}\`, and pass it with --token or TULLE_TOKEN.`
  );
}
