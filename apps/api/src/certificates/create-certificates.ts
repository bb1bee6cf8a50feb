import { MeshError } from '@tulle/mesh/errors';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { FleetRegistry } from '../agents/fleet-registry.ts';
import type { Identity } from '../identity/identity.ts';
import type { LiveBus } from '../live/bus.ts';
import type { Person } from '../people/person.ts';
import { certificateState } from './certificate-state.ts';
import type { Revocations } from './revocations.ts';
import type { CertificateRow, Certificates } from './view.ts';

const hourMs = 3_600_000;
/** Expired certificates say nothing any more but who was there; kept for a look back. */
const keptAfterExpiryMs = 7 * 24 * hourMs;

interface NewestRow {
  readonly agentId: string;
  readonly spiffeId: string;
  readonly serial: string;
  readonly issuedAt: Date;
  readonly notAfter: Date;
  readonly renewsAt: Date;
  readonly revokedAt: Date | null;
}

export interface CertificatesWithStop extends Certificates {
  stop(): void;
}

export function createCertificates({
  database,
  identity,
  fleet,
  revocations,
  live,
  logger,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma' | 'pool'>;
  identity: Identity;
  fleet: FleetRegistry;
  revocations: Revocations;
  live: LiveBus;
  logger: Logger;
  now?: () => number;
}): CertificatesWithStop {
  const { prisma, pool } = database;

  async function list(): Promise<readonly CertificateRow[]> {
    const members = [...fleet.members()];
    const { rows } = await pool.query<NewestRow>(
      `SELECT newest.* FROM unnest($1::uuid[]) AS member(id)
       JOIN LATERAL (
         SELECT "agentId", "spiffeId", serial, "issuedAt", "notAfter", "renewsAt", "revokedAt" FROM certificate
         WHERE "agentId" = member.id ORDER BY "issuedAt" DESC LIMIT 1
       ) AS newest ON true`,
      [members.map(({ id }) => id)],
    );
    const at = now();
    return rows
      .flatMap((row): CertificateRow[] => {
        const member = fleet.member(row.agentId);
        if (member === undefined) return [];
        const issuedAt = row.issuedAt.getTime();
        const notAfter = row.notAfter.getTime();
        const state = certificateState(
          {
            issuedAt,
            notAfter,
            revokedAt: row.revokedAt?.getTime() ?? member.revokedAt,
            renewAskedAt: member.renewAskedAt,
          },
          at,
        );
        return [
          {
            agentId: row.agentId,
            service: member.service,
            instance: member.instance,
            spiffeId: row.spiffeId,
            serial: row.serial,
            issuedAt,
            notAfter,
            renewsAt: row.renewsAt.getTime(),
            state,
            connected: member.connected && fleet.isPresent(member),
          },
        ];
      })
      .sort((a, b) => (a.instance < b.instance ? -1 : 1));
  }

  async function overview() {
    const counts = { valid: 0, renewing: 0, expiring: 0, expired: 0, revoked: 0 };
    for (const { state } of await list()) counts[state]++;
    return {
      trustDomain: identity.trustDomain,
      authorities: identity.authorities().map((authority) => ({
        kind: authority.kind === 'root' ? ('root' as const) : ('intermediate' as const),
        subject: authority.subject,
        serial: authority.serial,
        fingerprint: authority.fingerprint,
        notBefore: authority.notBefore.getTime(),
        notAfter: authority.notAfter.getTime(),
        pem: authority.certificate,
      })),
      counts,
      lifetimeMs: identity.lifetimeMs,
    };
  }

  async function pem({ serial }: { serial: string }): Promise<{ pem: string }> {
    const row = await prisma.certificate.findUnique({ where: { serial }, select: { pem: true } });
    if (row === null) throw new MeshError('not_found', `There is no certificate with the serial ${serial}.`);
    return row;
  }

  async function renew(person: Person, { agentId }: { agentId: string }): Promise<void> {
    const agent = await prisma.agent.findUnique({ where: { id: agentId } });
    if (agent === null) throw new MeshError('not_found', 'There is no such agent.');
    if (agent.revokedAt !== null) {
      throw new MeshError('revoked', `${agent.instance} was revoked; only a new join token brings it back.`);
    }
    const member = fleet.member(agentId);
    if (!agent.connected || member === undefined || !fleet.isPresent(member)) {
      throw new MeshError(
        'unavailable',
        `${agent.instance} is not connected; it renews by itself when it is back.`,
      );
    }
    await prisma.agent.update({ where: { id: agentId }, data: { renewAskedAt: new Date(now()) } });
    await fleet.refresh([agentId], { tellOthers: true });
    live.publish({ type: 'certificates' });
    logger.info({ instance: agent.instance, by: person.name }, 'a renewal was asked for');
  }

  async function revoke(
    person: Person,
    { agentId, reason }: { agentId: string; reason: string },
  ): Promise<void> {
    const at = new Date(now());
    const instance = await prisma.$transaction(async (tx) => {
      const { count } = await tx.agent.updateMany({
        where: { id: agentId, revokedAt: null },
        data: { revokedAt: at, revokedReason: reason || null },
      });
      const agent = await tx.agent.findUnique({ where: { id: agentId }, select: { instance: true } });
      if (agent === null) throw new MeshError('not_found', 'There is no such agent.');
      if (count === 0) return undefined;
      await tx.certificate.updateMany({
        where: { agentId, revokedAt: null, notAfter: { gt: at } },
        data: { revokedAt: at },
      });
      return agent.instance;
    });
    if (instance === undefined) return;
    // Peers first: they are to refuse it before it notices.
    await revocations.written();
    await fleet.refresh([agentId], { tellOthers: true });
    for (const type of ['certificates', 'agents'] as const) live.publish({ type });
    logger.warn({ instance, reason, by: person.name }, 'an instance was revoked');
  }

  const sweeper = setInterval(() => {
    prisma.certificate
      .deleteMany({ where: { notAfter: { lt: new Date(now() - keptAfterExpiryMs) } } })
      .catch((error: unknown) => logger.warn({ err: error }, 'could not delete old certificates'));
  }, hourMs);
  sweeper.unref();

  return { list, overview, pem, renew, revoke, stop: () => clearInterval(sweeper) };
}
