import type { Resource } from './resource.ts';
import { servicesNamed } from './route-references.ts';

/** The other services that a resource sends requests to, each once: whoever follows it needs their views, too. */
export function servicesNamedBy(resource: Resource): string[] {
  if (resource.kind === 'Route') return servicesNamed(resource.service, resource.rules);
  if (resource.kind !== 'Gateway') return [];
  const names = new Set(resource.routes.map(({ service }) => service));
  names.delete(resource.service);
  return [...names];
}
