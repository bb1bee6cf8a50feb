import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminPort, openAdminPort } from '../admin/admin-port.ts';
import type { AdminSource } from '../admin/admin-source.ts';
import {
  createDataPlane,
  type DataPlane,
  type DataPlaneIdentity,
  type DataPlaneLogger,
  type ListeningPorts,
} from '../data-plane.ts';
import { RecentErrors } from '../diagnostics/recent-errors.ts';
import { readCertificate } from '../gateway/certificate-files.ts';
import { type ServerCertificate, ServerCertificates } from '../gateway/server-certificates.ts';
import type { ListeningSockets } from '../lifecycle/listening-sockets.ts';
import { LoopbackAddresses } from '../loopback/loopback-addresses.ts';
import { readTextFile } from '../text-file.ts';
import { FileWatch } from './file-watch.ts';
import { parseConfig } from './parse-config.ts';
import { standaloneAdmin } from './standalone-admin.ts';
import type { StandaloneConfig } from './standalone-config.ts';
import { viewsOf } from './views.ts';

export interface Standalone {
  readonly plane: DataPlane;
  readonly ports: ListeningPorts & { readonly admin?: number };
  /** Reads the file again and says whether it is in force now. Mistakes are logged, the old state stays. */
  reload(): boolean;
  /** Says that it is not ready, for balancers that ask, and resolves after `delayMs`. */
  leave(delayMs: number): Promise<void>;
  /** Another process answers on the admin port from now on. */
  handOver(): void;
  /** Stops watching and drains. */
  close(drainTimeoutMs: number): Promise<void>;
  /** See the admin port's. */
  writeBundle(): Promise<string>;
}

/** Everything the file stands for, read and checked before any of it takes effect. */
interface Loaded {
  config: StandaloneConfig;
  identity: DataPlaneIdentity | undefined;
  certificates: readonly ServerCertificate[];
  /** The file itself and those it names. */
  files: string[];
}

/**
 * Runs the data path from a YAML file, without an API. Rejects with a sentence that names file and line when
 * the file is wrong at the start; later the last good state stays in force.
 */
export async function startStandalone(
  configPath: string,
  unwatched: DataPlaneLogger,
  sockets?: ListeningSockets,
  restart?: AdminSource['restart'],
): Promise<Standalone> {
  const recentErrors = new RecentErrors();
  const logger = recentErrors.watch(unwatched);
  const file = resolve(configPath);
  const loaded = load(file);
  const { config } = loaded;
  const { self, listen, local, limits, identity, observability } = config;
  const plane = createDataPlane({
    self: { ...self, instance: `${self.service}-standalone` },
    local,
    outbound: listen.outbound,
    upstreams: Object.entries(listen.upstreams).map(([service, address]) => ({ service, ...address })),
    tlsPassthrough: listen.tlsPassthrough,
    // Without a directory of its own: the names alone say which address each service has.
    names: listen.dns && { dns: listen.dns, addresses: new LoopbackAddresses() },
    gateway: config.gateway && { http: listen.gatewayHttp, https: listen.gatewayHttps },
    inbound: listen.inbound === undefined ? undefined : { ...listen.inbound, tls: identity !== undefined },
    limits: definedOnly(limits),
    observability: {
      accessLog: { path: observability.accessLog, fields: observability.accessLogFields },
      otlpEndpoint: observability.otlpEndpoint,
    },
    sockets,
    logger,
  });
  putInForce(plane, loaded);
  const ports = await plane.listen();
  const running = new RunningStandalone(file, plane, ports, logger, config, recentErrors, restart);
  if (listen.admin !== undefined) await running.openAdmin(listen.admin, sockets);
  running.watch(loaded.files);
  return running;
}

class RunningStandalone implements Standalone {
  readonly plane: DataPlane;
  readonly ports: ListeningPorts & { admin?: number };
  private readonly file: string;
  private readonly logger: DataPlaneLogger;
  private readonly fixed: string;
  private readonly admin: AdminSource;
  private adminPort: AdminPort | undefined = undefined;
  private config: StandaloneConfig;
  private leaving = false;
  private readonly fileWatch = new FileWatch(() => void this.reload());

  constructor(
    file: string,
    plane: DataPlane,
    ports: ListeningPorts,
    logger: DataPlaneLogger,
    config: StandaloneConfig,
    recentErrors: RecentErrors,
    restart: AdminSource['restart'],
  ) {
    this.config = config;
    this.admin = standaloneAdmin({
      plane,
      config: () => this.config,
      leaving: () => this.leaving,
      recentErrors,
      restart,
      logger,
    });
    this.file = file;
    this.plane = plane;
    this.ports = ports;
    this.logger = logger;
    this.fixed = fixedPart(config);
  }

  watch(files: readonly string[]): void {
    this.fileWatch.watch(files, (error) =>
      this.logger.error({ error }, 'the configuration is no longer watched'),
    );
  }

  async openAdmin(port: number, sockets?: ListeningSockets): Promise<void> {
    this.adminPort = await openAdminPort(port, this.admin, sockets);
    this.ports.admin = this.adminPort.port;
  }

  writeBundle(): Promise<string> {
    return this.admin.writeBundle();
  }

  reload(): boolean {
    try {
      const loaded = load(this.file);
      putInForce(this.plane, loaded);
      this.config = loaded.config;
      this.watch(loaded.files);
      this.logger.info({ services: Object.keys(loaded.config.services).length }, 'configuration reloaded');
      if (fixedPart(loaded.config) !== this.fixed) {
        this.logger.warn(
          { file: this.file },
          'changes of self, listen, local, limits and observability need a restart',
        );
      }
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.logger.error(
        { reason: error.message },
        'the new configuration is wrong, the old one stays in force',
      );
      return false;
    }
  }

  async leave(delayMs: number): Promise<void> {
    this.leaving = true;
    await sleep(delayMs);
  }

  handOver(): void {
    this.fileWatch.close();
    this.adminPort?.close();
  }

  async close(drainTimeoutMs: number): Promise<void> {
    this.leaving = true;
    this.fileWatch.close();
    await this.plane.drain(drainTimeoutMs);
    this.adminPort?.close();
  }
}

/** Small files, read seldom: waiting for them costs less than the threads that would read them otherwise. */
function load(file: string): Loaded {
  const config = parseConfig(readTextFile(file), file);
  const at = (path: string) => resolve(dirname(file), path);
  const files = (config.gateway?.certificates ?? []).map(({ certificate, key }) => ({
    certificate: at(certificate),
    key: at(key),
  }));
  const certificates = files.map(readCertificate);
  // Throws while nothing has changed yet.
  new ServerCertificates(certificates);
  const identity = config.identity && loadIdentity(config.identity, at);
  return {
    config,
    identity: identity?.identity,
    certificates,
    files: [file, ...(identity?.files ?? []), ...files.flatMap(({ certificate, key }) => [certificate, key])],
  };
}

function loadIdentity(
  declared: NonNullable<StandaloneConfig['identity']>,
  at: (path: string) => string,
): { identity: DataPlaneIdentity; files: string[] } {
  const { trustDomain } = declared;
  const [certificate, key, trustBundle] = [
    at(declared.certificate),
    at(declared.key),
    at(declared.trustBundle),
  ];
  return {
    identity: {
      certificateChainPem: readTextFile(certificate),
      keyPem: readTextFile(key),
      trustBundlePem: readTextFile(trustBundle),
      trustDomain,
    },
    files: [certificate, key, trustBundle],
  };
}

/** The identity first: it is what can still turn out unusable, and then nothing has changed. */
function putInForce(plane: DataPlane, { config, identity, certificates }: Loaded): void {
  if (identity !== undefined) plane.setIdentity(identity);
  plane.setRevoked(config.identity?.revokedSerials ?? []);
  plane.setServerCertificates(certificates);
  const { rejected } = plane.apply(viewsOf(config));
  if (rejected.length > 0)
    throw new Error(rejected.map(({ name, reason }) => `${name}: ${reason}`).join('; '));
}

/** What cannot change while the process runs, as text to compare. */
function fixedPart(config: StandaloneConfig): string {
  const { self, listen, local, limits, observability, identity } = config;
  return JSON.stringify({ self, listen, local, limits, observability, tls: identity !== undefined });
}

type Limits = StandaloneConfig['limits'];

function definedOnly(limits: Limits): { [Key in keyof Limits]?: NonNullable<Limits[Key]> } {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
