import type { HelloInput, ReportInput } from '@tulle/mesh/agent-protocol';
import type { Endpoint } from '@tulle/mesh/service-view';
import type { Fleet } from './fleet.ts';
import type { Member } from './member.ts';

/** One connection's claim to stand for an agent. */
export interface Lease {
  readonly agentId: string;
  readonly id: symbol;
}

export type MemberListener = (after: Member | undefined, before: Member | undefined) => void;

/** All agents, the same on every replica, in memory; and the sessions of this one. */
export interface FleetRegistry extends Fleet {
  readonly replica: string;
  member(id: string): Member | undefined;
  members(): Iterable<Member>;
  membersOf(service: string): Iterable<Member>;
  isPresent(member: Member): boolean;
  /** Whether an instance of this service was ever seen lately, present or not. */
  knows(service: string): boolean;
  endpoints(service: string): Endpoint[];
  /** Whether this replica holds the agent's session. */
  holdsSession(agentId: string): boolean;
  connect(agentId: string, hello: HelloInput): Promise<Lease>;
  disconnect(lease: Lease, how: { goodbye: boolean }): Promise<void>;
  seen(agentId: string, gauges: ReportInput['gauges']): void;
  /** Reads agents anew from the database, after somebody wrote them; `tellOthers` also on the other replicas. */
  refresh(ids: readonly string[], options: { tellOthers: boolean }): Promise<void>;
  /** Counts an agent among those who hold a service's view. */
  hold(service: string, agentId: string): void;
  release(service: string, agentId: string): void;
  holderIds(service: string): Iterable<string>;
  /** The endpoints of a service may differ from before. */
  onEndpoints(listener: (service: string) => void): () => void;
  /** `before` is undefined for one that is new, `after` for one that is forgotten. */
  onMember(listener: MemberListener): () => void;
  stop(): Promise<void>;
}
