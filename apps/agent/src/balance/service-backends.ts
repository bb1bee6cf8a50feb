import type { PolicyFields } from '@tulle/mesh/policy';
import type { Endpoint } from '@tulle/mesh/service-view';
import type { Backend } from './backend.ts';
import type { Balancer } from './balancer.ts';
import { type HealthChanges, VersionGroup } from './version-group.ts';

/** A balancer with what it was made from: made anew only when that changes, since it keeps turns and builds rings. */
export interface MadeBalancer {
  readonly balancer: Balancer;
  readonly backends: readonly Backend[];
  readonly settings: string;
}

/** What outlives the views of one service. */
export class ServiceBackends {
  readonly balancers = new Map<string, MadeBalancer>();
  private readonly byKey = new Map<string, Backend>();
  private readonly groups = new Map<string, VersionGroup>();
  private readonly changes: HealthChanges = { count: 0 };

  get size(): number {
    return this.byKey.size;
  }

  [Symbol.iterator](): Iterator<Backend> {
    return this.byKey.values();
  }

  has(endpoint: Endpoint, hop: string): boolean {
    return this.byKey.has(keyOf(endpoint, hop));
  }

  get(endpoint: Endpoint, hop: string): Backend | undefined {
    return this.byKey.get(keyOf(endpoint, hop));
  }

  /** At whatever address. */
  hasId(id: string): boolean {
    for (const { endpoint } of this.byKey.values()) if (endpoint.id === id) return true;
    return false;
  }

  add(backend: Backend, hop: string): void {
    this.byKey.set(keyOf(backend.endpoint, hop), backend);
  }

  groupOf(version: string): VersionGroup {
    let group = this.groups.get(version);
    if (group === undefined) {
      group = new VersionGroup(this.changes);
      this.groups.set(version, group);
    }
    return group;
  }

  follow(policy: PolicyFields): void {
    for (const group of this.groups.values()) group.follow(policy);
  }

  /** Forgets those that are not among `used`, and returns them. */
  dropUnused(used: ReadonlySet<Backend>): Backend[] {
    const dropped: Backend[] = [];
    for (const [key, backend] of [...this.byKey]) {
      if (used.has(backend)) continue;
      this.byKey.delete(key);
      dropped.push(backend);
    }
    if (dropped.length > 0) this.tidy(new Set(dropped));
    return dropped;
  }

  sweep(now: number): void {
    for (const { outliers } of this.groups.values()) outliers.sweep(now);
  }

  private tidy(dropped: ReadonlySet<Backend>): void {
    const versions = new Set(Array.from(this.byKey.values(), ({ endpoint }) => endpoint.version));
    for (const version of [...this.groups.keys()]) if (!versions.has(version)) this.groups.delete(version);
    for (const [name, { backends }] of [...this.balancers]) {
      if (backends.some((backend) => dropped.has(backend))) this.balancers.delete(name);
    }
  }
}

/** An endpoint that moved, or changed its version, its security or what is spoken to it, is another one. */
function keyOf({ id, version, host, port, tls }: Endpoint, hop: string): string {
  return `${id} ${version} ${host} ${port} ${tls} ${hop}`;
}
