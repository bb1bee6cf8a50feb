import type { Fleet } from '../agents/fleet.ts';
import type { ConfigStore } from './config-store.ts';

/** Declared, or known by instances. */
export function knownServices(
  configStore: Pick<ConfigStore, 'resources'>,
  fleet: Pick<Fleet, 'services'>,
): Set<string> {
  const services = new Set(fleet.services());
  for (const resource of configStore.resources())
    if (resource.kind === 'Service') services.add(resource.name);
  return services;
}
