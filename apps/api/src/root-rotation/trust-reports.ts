import type { TrustReport } from '@tulle/mesh/agent-protocol';
import type { FleetRegistry } from '../agents/fleet-registry.ts';

/** What each agent last said it trusts and serves with, since this process began. */
export interface TrustReports {
  note(agentId: string, report: TrustReport, at: number): void;
  get(agentId: string): (TrustReport & { readonly at: number }) | undefined;
}

export function createTrustReports(fleet: Pick<FleetRegistry, 'onMember'>): TrustReports {
  const reports = new Map<string, TrustReport & { readonly at: number }>();
  fleet.onMember((after, before) => {
    if (after === undefined && before !== undefined) reports.delete(before.id);
  });
  return {
    note: (agentId, report, at) => reports.set(agentId, { ...report, at }),
    get: (agentId) => reports.get(agentId),
  };
}
