import { protocolVersion } from '@tulle/mesh/agent-protocol';
import type { Database } from '@tulle/prisma/database';
import manifest from '../../package.json' with { type: 'json' };
import { oneMinute, tenSeconds } from '../telemetry/partitions.ts';
import type { MeshFacts } from './view.ts';

type Given = Pick<
  MeshFacts,
  'trustDomain' | 'publicUrl' | 'agentsUrl' | 'database' | 'certificateLifetimeMs'
>;

export function createMeshFacts(
  { pool }: Pick<Database, 'pool'>,
  given: Given,
): { get(): Promise<MeshFacts> } {
  return {
    async get() {
      const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
      return {
        ...given,
        version: manifest.version,
        protocolVersion,
        nodeVersion: process.versions.node,
        // Packagers add their own name in brackets.
        postgresVersion: rows[0]?.server_version.split(' ')[0] ?? '',
        tenSecondsKeptMs: tenSeconds.keptMs,
        minutesKeptMs: oneMinute.keptMs,
      };
    },
  };
}
