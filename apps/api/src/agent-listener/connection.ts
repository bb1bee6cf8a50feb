import {
  type CertificateGrant,
  closeCodes,
  type HelloInput,
  type helloOutputSchema,
  type ReportInput,
  type ReportOutput,
} from '@tulle/mesh/agent-protocol';
import { MeshError } from '@tulle/mesh/errors';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { FleetRegistry, Lease } from '../agents/fleet-registry.ts';
import type { Member } from '../agents/member.ts';
import type { ConfigSession } from '../distribution/config-session.ts';
import type { Distribution } from '../distribution/create-distribution.ts';
import type { Identity } from '../identity/identity.ts';
import type { LiveBus } from '../live/bus.ts';
import type { TrustReports } from '../root-rotation/trust-reports.ts';
import type { TelemetryIngest } from '../telemetry/ingest.ts';
import { storeCertificate } from './certificate-store.ts';
import { requireProtocol } from './join.ts';
import { type Peer, requireTrustedRoot } from './peer.ts';

const helloTimeoutMs = 10_000;
const minRenewalSpacingMs = 1_000;
/** The longest a timer can wait. */
const maxTimerMs = 2_147_483_647;

export interface ConnectionDependencies {
  readonly database: Pick<Database, 'prisma'>;
  readonly identity: Identity;
  readonly fleet: FleetRegistry;
  readonly distribution: Distribution;
  readonly telemetry: TelemetryIngest;
  readonly trustReports: TrustReports;
  readonly live: LiveBus;
  readonly logger: Logger;
  /** Makes a service that has instances a declared one. */
  declareService(service: string): Promise<void>;
  now(): number;
}

/** One agent's WebSocket, from its certificate to its goodbye. */
export class AgentConnection {
  readonly #dependencies: ConnectionDependencies;
  readonly #remoteAddress: string;
  readonly #close: (code: number, reason: string) => void;
  #peer: Peer;
  #greeted: { lease: Lease; session: ConfigSession; member: Member } | undefined;
  #greeting = false;
  #renewedAt = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    dependencies: ConnectionDependencies,
    peer: Peer,
    remoteAddress: string,
    close: (code: number, reason: string) => void,
  ) {
    this.#dependencies = dependencies;
    this.#peer = peer;
    this.#remoteAddress = remoteAddress;
    this.#close = close;
    this.#timer = setTimeout(
      () => close(closeCodes.unauthenticated, 'The first call must be hello.'),
      helloTimeoutMs,
    );
  }

  get agentId(): string {
    return this.#peer.agentId;
  }

  requireValid(): void {
    const { fleet, now } = this.#dependencies;
    const member = fleet.member(this.#peer.agentId);
    if (member !== undefined && member.revokedAt !== null) {
      throw new MeshError('revoked', `The instance ${member.instance} was revoked.`);
    }
    if (this.#peer.notAfter <= now()) {
      throw new MeshError('unauthenticated', 'The certificate of this connection has expired.');
    }
  }

  async hello(input: HelloInput): Promise<z.infer<typeof helloOutputSchema>> {
    requireProtocol(input.protocolVersion);
    if (this.#greeting) throw new MeshError('bad_request', 'There was a hello on this connection already.');
    this.#greeting = true;
    const { fleet, distribution, declareService, logger } = this.#dependencies;
    const known = await this.#knownMember();
    if (known.instance !== input.instance) {
      throw new MeshError(
        'forbidden',
        `This certificate is of the instance ${known.instance}, not of ${input.instance}.`,
      );
    }
    const lease = await fleet.connect(this.agentId, this.#reachable(input));
    const member = fleet.member(this.agentId) ?? known;
    if (this.#closed) {
      // Lost while the database was asked.
      await fleet.disconnect(lease, { goodbye: false });
      throw new MeshError('unavailable', 'The connection was closed.');
    }
    this.#greeted = { lease, session: distribution.open(member), member };
    this.#closeAtExpiry();
    logger.info(
      { instance: member.instance, service: member.service, version: member.version },
      'an agent connected',
    );
    declareService(member.service).catch((error: unknown) =>
      logger.warn({ err: error, service: member.service }, 'could not declare the service of an instance'),
    );
    return { agentId: this.agentId, reportIntervalMs: distribution.reportIntervalMs() };
  }

  async renew(csrPem: string): Promise<CertificateGrant> {
    const { database, identity, live, logger, now } = this.#dependencies;
    if (now() - this.#renewedAt < minRenewalSpacingMs) {
      throw new MeshError('too_many', 'A certificate was renewed a moment ago; wait a second.');
    }
    this.#renewedAt = now();
    const member = await this.#knownMember();
    const issued = await identity.issue(member.service, await identity.verifyRequest(csrPem));
    await database.prisma.$transaction(async (tx) => {
      // Locked against a revocation at this moment, which must find the new certificate, or be found by us.
      const good = await tx.$queryRaw<unknown[]>`
        SELECT 1 FROM agent WHERE id = ${member.id}::uuid AND "revokedAt" IS NULL FOR SHARE`;
      if (good.length === 0) throw new MeshError('revoked', `The instance ${member.instance} was revoked.`);
      await storeCertificate(tx, member.id, issued);
    });
    const { serial, notAfter } = issued.grant;
    this.#peer = { ...this.#peer, serial, notAfter, rootFingerprint: issued.rootFingerprint };
    this.#closeAtExpiry();
    live.publish({ type: 'certificates' });
    logger.info({ instance: member.instance, serial }, 'a certificate was renewed');
    return issued.grant;
  }

  session(): ConfigSession {
    if (this.#greeted === undefined) throw new MeshError('bad_request', 'The first call must be hello.');
    return this.#greeted.session;
  }

  async report(input: ReportInput): Promise<ReportOutput> {
    if (this.#greeted === undefined) throw new MeshError('bad_request', 'The first call must be hello.');
    const { telemetry, fleet, distribution, trustReports, now } = this.#dependencies;
    const { member } = this.#greeted;
    if (input.trust !== undefined) trustReports.note(member.id, input.trust, now());
    const stored = await telemetry.report(
      { id: member.id, service: member.service, startedAt: member.startedAt },
      input,
    );
    fleet.seen(member.id, input.gauges);
    return { ...stored, reportIntervalMs: distribution.reportIntervalMs() };
  }

  close(code: number, reason: string): void {
    this.#close(code, reason);
  }

  /** Roots were exchanged: an agent that was left behind is shown out. */
  closeUnlessTrusted(): void {
    try {
      requireTrustedRoot(this.#peer, this.#dependencies.identity);
    } catch (error) {
      this.#close(closeCodes.unauthenticated, error instanceof Error ? error.message : String(error));
    }
  }

  /** The socket is closed. `stopping`: by our own end, after which the agent is back in a moment. */
  async closed({ goodbye, stopping }: { goodbye: boolean; stopping: boolean }): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#greeted === undefined) return;
    const { fleet, distribution, logger } = this.#dependencies;
    const { lease, session, member } = this.#greeted;
    distribution.close(this.agentId, session);
    if (stopping) return;
    logger.info({ instance: member.instance, goodbye }, 'an agent disconnected');
    await fleet.disconnect(lease, { goodbye });
  }

  async #knownMember(): Promise<Member> {
    const { fleet } = this.#dependencies;
    // It may have joined through another replica a moment ago.
    if (fleet.member(this.agentId) === undefined) await fleet.refresh([this.agentId], { tellOthers: false });
    const member = fleet.member(this.agentId);
    if (member === undefined) throw new MeshError('unauthenticated', 'This agent is not known any more.');
    return member;
  }

  /** An agent that listens on every address is reached where its connection comes from. */
  #reachable(input: HelloInput): HelloInput {
    if (input.inbound === undefined || !['0.0.0.0', '::', ''].includes(input.inbound.host)) return input;
    return { ...input, inbound: { ...input.inbound, host: this.#remoteAddress } };
  }

  #closeAtExpiry(): void {
    clearTimeout(this.#timer);
    const waitMs = Math.min(maxTimerMs, Math.max(0, this.#peer.notAfter - this.#dependencies.now()));
    this.#timer = setTimeout(() => {
      if (this.#peer.notAfter > this.#dependencies.now()) return this.#closeAtExpiry();
      this.#close(closeCodes.unauthenticated, 'The certificate has expired; join with a new token.');
    }, waitMs);
  }
}
