import { hostname } from 'node:os';
import { type HelloInput, protocolVersion } from '@tulle/mesh/agent-protocol';
import type { Self } from '@tulle/mesh/service-view';
import manifest from '../../package.json' with { type: 'json' };

/** How this process presents itself to the API; `startedAt` in milliseconds since the epoch. */
export function helloOfAgent(
  { instance, version, zone }: Self,
  inbound: HelloInput['inbound'],
  startedAt: number,
): HelloInput {
  return {
    protocolVersion,
    instance,
    version,
    agentVersion: manifest.version,
    host: hostname().slice(0, 253),
    ...(inbound && { inbound }),
    ...(zone && { zone }),
    pid: process.pid,
    startedAt,
  };
}
