import type { ReportInput } from '@tulle/mesh/agent-protocol';

/** Who reports: an agent can only speak of the traffic of its own service. */
export interface Reporter {
  readonly id: string;
  readonly service: string;
}

export interface TelemetryIngest {
  /** Throws MeshError when the report cannot be true. */
  report(
    reporter: Reporter,
    input: ReportInput,
  ): Promise<{ readonly seq: number; readonly durable: boolean }>;
}
