import type { RouteRule } from './route.ts';

/** A backend that a rule sends requests or copies of them to. */
export interface RouteReference {
  /** From the list of rules. */
  readonly path: readonly (string | number)[];
  readonly service: string;
  /** Undefined means the service's own split. */
  readonly version: string | undefined;
}

/** All backends that rules of `service` name, in the order they stand there. */
export function routeReferences(service: string, rules: readonly RouteRule[]): RouteReference[] {
  return rules.flatMap(({ backendRefs, filters }, rule) => [
    ...filters.flatMap((filter, index) => {
      if (filter.type !== 'RequestMirror') return [];
      const { name, version } = filter.requestMirror.backendRef;
      const path = [rule, 'filters', index, 'requestMirror', 'backendRef'];
      return [{ path, service: name ?? service, version }];
    }),
    ...backendRefs.map(({ name, version }, index) => ({
      path: [rule, 'backendRefs', index],
      service: name ?? service,
      version,
    })),
  ]);
}

/** The other services that rules of `service` name, each once: an agent that follows the rules needs their views, too. */
export function servicesNamed(service: string, rules: readonly RouteRule[]): string[] {
  const names = new Set(routeReferences(service, rules).map((reference) => reference.service));
  names.delete(service);
  return [...names];
}
