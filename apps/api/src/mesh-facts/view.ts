/** What is set for the whole mesh, at start, and can only be looked at. */
export interface MeshFacts {
  readonly trustDomain: string;
  /** Where browsers reach the dashboard. */
  readonly publicUrl: string;
  /** Where agents reach their listener. */
  readonly agentsUrl: string;
  readonly version: string;
  readonly protocolVersion: number;
  readonly nodeVersion: string;
  readonly postgresVersion: string;
  /** `own` is started by the server in its data directory. */
  readonly database: 'own' | 'external';
  readonly certificateLifetimeMs: number;
  /** How long figures are kept, in steps of 10 s and of a minute. */
  readonly tenSecondsKeptMs: number;
  readonly minutesKeptMs: number;
}
