import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { instanceNameSchema, portSchema } from '@tulle/mesh/names';
import * as z from 'zod/mini';
import { readChecksummed, writeChecksummed } from '../config-store/checksummed-file.ts';
import type { DataPlaneLogger } from '../data-plane.ts';

const instanceStateSchema = z.object({
  instance: instanceNameSchema,
  ports: z.object({
    outbound: z.optional(portSchema),
    inbound: z.optional(portSchema),
    admin: z.optional(portSchema),
    upstreams: z._default(z.record(z.string(), portSchema), {}),
  }),
});
/**
 * What stays the same over restarts: the name, and the ports where any free one would do. Peers know the mesh port
 * from the API, so that after a restart without the API they find this agent only where it was.
 */
export type InstanceState = z.infer<typeof instanceStateSchema>;
export type RememberedPorts = InstanceState['ports'];

const pathIn = (dataDir: string) => join(dataDir, 'instance.json');

/** Undefined when there is none, or none that can be trusted. */
export function loadInstanceState(dataDir: string, logger: DataPlaneLogger): InstanceState | undefined {
  const file = pathIn(dataDir);
  const result = readChecksummed(file);
  if (result.state === 'absent') return undefined;
  const state = result.state === 'read' ? instanceStateSchema.safeParse(result.value).data : undefined;
  if (state === undefined)
    logger.warn({ file }, 'the stored ports of this copy are unreadable and chosen anew');
  return state;
}

export async function saveInstanceState(dataDir: string, state: InstanceState): Promise<void> {
  await writeChecksummed(pathIn(dataDir), state);
}

/** Unique among the copies of a version, readable, and a valid name whatever the version is called. */
export function inventInstanceName(service: string, version: string): string {
  const readable = `${service}-${version}`.toLowerCase().slice(0, 100);
  return `${readable}-${randomBytes(3).toString('hex')}`;
}
