/** One agent, which stands for one instance of a service. */
export interface AgentView {
  readonly id: string;
  readonly instance: string;
  readonly service: string;
  readonly version: string;
  readonly agentVersion: string;
  readonly host: string;
  /** `host:port` of its mesh port; null for pure callers. */
  readonly address: string | null;
  readonly connected: boolean;
  readonly lastSeenAt: number;
  readonly startedAt: number;
  readonly config: {
    readonly state: 'in-sync' | 'behind' | 'rejected';
    /** The revision it holds; the newest of the mesh when nothing of it concerns this agent. */
    readonly revision: number;
    /** Why it refused, in its own words. */
    readonly reason: string | null;
  };
  readonly localHealthy: boolean;
  /** It has been told to stop: callers send it nothing new, and it finishes what is in flight. */
  readonly draining: boolean;
  /** When it said goodbye; null while it has not. */
  readonly leftAt: number | null;
  readonly rssBytes: number | null;
  readonly cpuPercent: number | null;
  readonly connections: number | null;
  readonly activeRequests: number | null;
  readonly revokedAt: number | null;
}

export interface Agents {
  list(): Promise<{ readonly revision: number; readonly agents: readonly AgentView[] }>;
}
