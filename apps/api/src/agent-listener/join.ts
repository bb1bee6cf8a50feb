import { X509Certificate } from 'node:crypto';
import { type CertificateGrant, type JoinInput, protocolVersion } from '@tulle/mesh/agent-protocol';
import { MeshError } from '@tulle/mesh/errors';
import type { Database } from '@tulle/prisma/database';
import type { Prisma } from '@tulle/prisma/generated/client';
import type { Logger } from 'pino';
import type { FleetRegistry } from '../agents/fleet-registry.ts';
import type { Identity } from '../identity/identity.ts';
import type { JoinTokenStore } from '../join-tokens/create-join-tokens.ts';
import type { LiveBus } from '../live/bus.ts';
import { storeCertificate } from './certificate-store.ts';
import type { RateLimit } from './rate-limit.ts';

export type Join = (input: JoinInput, remoteAddress: string) => Promise<CertificateGrant>;

/** A token and a certificate request against a certificate. The token is used up only when one is really made. */
export function createJoin({
  database,
  identity,
  tokens,
  fleet,
  live,
  joins,
  declareService,
  logger,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  identity: Identity;
  tokens: JoinTokenStore;
  fleet: FleetRegistry;
  live: LiveBus;
  /** By address, so that nobody tries out tokens. */
  joins: RateLimit;
  /** Makes a service that has instances a declared one. */
  declareService: (service: string) => Promise<void>;
  logger: Logger;
  now?: () => number;
}): Join {
  const { prisma } = database;

  return async (input, remoteAddress) => {
    if (!joins.take(remoteAddress)) {
      throw new MeshError('too_many', 'Too many joins from this address; wait a few seconds and try again.');
    }
    requireProtocol(input.protocolVersion);
    const token = await tokens.check(input.token, input.service, (agentId) => holdsKeyOf(agentId, input));
    const publicKey = await identity.verifyRequest(input.csrPem);
    const issued = await identity.issue(token.service, publicKey);
    const agentId = await prisma.$transaction(async (tx) => {
      const id = await enrol(tx, input);
      await tokens.use(tx, token, id);
      await storeCertificate(tx, id, issued);
      return id;
    });
    await fleet.refresh([agentId], { tellOthers: true });
    for (const type of ['join-tokens', 'certificates'] as const) live.publish({ type });
    const { service, instance, version } = input;
    logger.info(
      { service, instance, version, remoteAddress, serial: issued.grant.serial },
      'an agent joined',
    );
    declareService(service).catch((error: unknown) =>
      logger.warn({ err: error, service }, 'could not declare the service of a new instance'),
    );
    return issued.grant;
  };

  /**
   * Whether the agent has a certificate for the very key of this request. Then it has the token already, and its answer
   * was lost: it must not depend on one message whether an instance comes up. Nobody else can prove to have that key.
   */
  async function holdsKeyOf(agentId: string, { csrPem }: JoinInput): Promise<boolean> {
    const key = Buffer.from((await identity.verifyRequest(csrPem)).rawData);
    const agent = await prisma.agent.findUnique({
      where: { id: agentId },
      select: { revokedAt: true, certificates: { select: { pem: true } } },
    });
    if (agent === null || agent.revokedAt !== null) return false;
    return agent.certificates.some(({ pem }) =>
      key.equals(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })),
    );
  }

  /** A new agent, or the same instance that comes back with a new key. */
  async function enrol(tx: Prisma.TransactionClient, input: JoinInput): Promise<string> {
    const { service, instance, version } = input;
    const present = await tx.agent.findUnique({ where: { instance } });
    if (present === null) {
      const made = await tx.agent.create({
        data: { service, instance, version, lastSeenAt: new Date(now()) },
      });
      return made.id;
    }
    if (present.service !== service) {
      throw new MeshError(
        'already_exists',
        `The instance ${instance} is one of the service ${present.service}; give this one another name.`,
      );
    }
    // Not `connected` in the database, which may speak of an API that was killed.
    if (fleet.holdsSession(present.id)) {
      throw new MeshError(
        'already_exists',
        `An instance named ${instance} is connected now; stop it, or give this one another name.`,
      );
    }
    await tx.agent.update({
      where: { id: present.id },
      data: { version, revokedAt: null, revokedReason: null, renewAskedAt: null },
    });
    return present.id;
  }
}

export function requireProtocol(version: number): void {
  if (version === protocolVersion) return;
  throw new MeshError(
    'unsupported_protocol',
    `The agent speaks version ${version} of the protocol, the API version ${protocolVersion}; update the ${version < protocolVersion ? 'agent' : 'API'}.`,
  );
}
