import type { AgentTrust } from '@tulle/mesh/root-rotation';
import type { Database } from '@tulle/prisma/database';
import type { FleetRegistry } from '../agents/fleet-registry.ts';
import type { Identity } from '../identity/identity.ts';
import type { TrustReports } from './trust-reports.ts';

interface Row {
  readonly agentId: string;
  readonly instance: string;
  readonly service: string;
  readonly lastSeenAt: Date;
  readonly issuedRoot: string;
}

/**
 * What is known of every agent that may still carry traffic, connected or not: it has a certificate that is valid, was
 * not revoked and has not said goodbye. From the database, which does not forget those that were away for a day.
 */
export async function readAgentTrust({
  database,
  fleet,
  identity,
  trustReports,
  now,
}: {
  database: Pick<Database, 'prisma' | 'pool'>;
  fleet: FleetRegistry;
  identity: Identity;
  trustReports: TrustReports;
  now: number;
}): Promise<AgentTrust[]> {
  const { rows } = await database.pool.query<Row>(
    `SELECT agent.id AS "agentId", agent.instance, agent.service, agent."lastSeenAt",
       newest."rootFingerprint" AS "issuedRoot"
     FROM agent JOIN LATERAL (
       SELECT "rootFingerprint", "notAfter" FROM certificate
       WHERE "agentId" = agent.id ORDER BY "issuedAt" DESC LIMIT 1
     ) AS newest ON true
     WHERE agent."leftAt" IS NULL AND agent."revokedAt" IS NULL AND newest."notAfter" > $1
     ORDER BY agent.instance`,
    [new Date(now)],
  );
  const reports = rows.map(({ agentId }) => trustReports.get(agentId));
  const leaves = await database.prisma.certificate.findMany({
    where: { serial: { in: reports.flatMap((report) => report?.serial ?? []) } },
    select: { serial: true, rootFingerprint: true },
  });
  const rootOfSerial = new Map(leaves.map(({ serial, rootFingerprint }) => [serial, rootFingerprint]));
  return rows.map((row, index) => {
    const member = fleet.member(row.agentId);
    const report = reports[index];
    return {
      agentId: row.agentId,
      instance: row.instance,
      service: row.service,
      connected: member?.connected === true && fleet.isPresent(member),
      lastSeenAt: Math.max(row.lastSeenAt.getTime(), member?.lastSeenAt ?? 0),
      issued: identity.rootNamed(row.issuedRoot),
      reported: report && {
        at: report.at,
        roots: report.roots.flatMap((root) => identity.rootNamed(root) ?? []),
        leaf: identity.rootNamed(rootOfSerial.get(report.serial) ?? ''),
      },
    };
  });
}
