import type { ServiceView } from '@tulle/mesh/service-view';
import type { Backend } from '../balance/backend.ts';
import type { BackendRegistry } from '../balance/backend-registry.ts';
import type { Fleet } from '../balance/fleet.ts';
import { EvenSequence } from '../balance/sequence.ts';
import { type Share, Split } from '../balance/split.ts';
import type { ApplyResult } from '../data-plane.ts';
import { compileRetryPolicy } from '../retry/compile-retry-policy.ts';
import { unlimitedRetries } from '../retry/retry-budget.ts';
import type { RouteDecision } from './route-decision.ts';
import { ServiceRoutes } from './service-routes.ts';

/** A view, ready for use. */
export interface CompiledService {
  readonly view: ServiceView;
  readonly routes: ServiceRoutes;
  readonly backends: readonly Backend[];
  /** Services that may call; undefined means every identity of the mesh. */
  readonly allow: ReadonlySet<string> | undefined;
}

export interface CompiledMesh extends ApplyResult {
  /** By name; of a rejected view the one before it, compiled anew. */
  readonly services: ReadonlyMap<string, CompiledService>;
  /** Services that rules send requests to and that no view is known of: such requests meet `no_endpoint`. */
  readonly missing: readonly string[];
}

/** Turns views into decisions; remembers where each split stands in its sequence. */
export class Compiler {
  private readonly registry: BackendRegistry;
  private readonly sequences = new Map<string, EvenSequence>();
  private views: ReadonlyMap<string, ServiceView> = new Map();

  constructor(registry: BackendRegistry) {
    this.registry = registry;
  }

  /** All views of a configuration together, since rules of one service may name others. */
  compile(views: readonly ServiceView[]): CompiledMesh {
    const accepted: string[] = [];
    const rejected: { name: string; reason: string }[] = [];
    const services = new Map<string, CompiledService>();
    for (const view of views) {
      try {
        services.set(view.service, this.compileService(view));
        accepted.push(view.service);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        rejected.push({ name: view.service, reason: error.message });
        const former = this.views.get(view.service);
        if (former !== undefined) services.set(view.service, this.compileService(former));
      }
    }
    this.views = new Map(Array.from(services, ([name, { view }]) => [name, view]));
    for (const name of [...this.sequences.keys()]) if (!services.has(name)) this.sequences.delete(name);
    return { services, accepted, rejected, missing: [] };
  }

  private compileService(view: ServiceView): CompiledService {
    assertUsable(view);
    const { service, policy } = view;
    const { max, maxPending } = policy.connections;
    const { connectMs, maxConnectionAgeMs } = policy.timeouts;
    const limits = { max, maxPending, connectMs, maxConnectionAgeMs };
    const fleet = this.registry.fleet(view, limits);
    const split = new Split(sharesOf(view, fleet), this.sequenceOf(service));
    const decision: RouteDecision = {
      service,
      rule: '',
      refusal: speaksHttp(view) ? undefined : { code: 'not_http', detail: service },
      destination: split,
      timeouts: policy.timeouts,
      retry: compileRetryPolicy(policy.retries, unlimitedRetries),
      observability: policy.observability,
      startPatienceMs: 0,
      circuit: undefined,
      rateLimits: [],
      fault: undefined,
      redirect: undefined,
      mirrors: [],
    };
    return {
      view,
      backends: fleet.backends,
      allow: view.allow === undefined || view.allow.includes('*') ? undefined : new Set(view.allow),
      routes: new ServiceRoutes(decision, undefined),
    };
  }

  private sequenceOf(service: string): EvenSequence {
    const known = this.sequences.get(service);
    if (known !== undefined) return known;
    const sequence = new EvenSequence();
    this.sequences.set(service, sequence);
    return sequence;
  }
}

function sharesOf({ weights }: ServiceView, fleet: Fleet): Share[] {
  if (weights === undefined) return [fleet.share(undefined, 1)];
  return weights.map(({ version, weight }) => fleet.share(version, weight));
}

/** Connections of the others are carried as they are; what is decided about them is the destination alone. */
function speaksHttp({ protocol }: ServiceView): boolean {
  return protocol !== 'tcp' && protocol !== 'tls';
}

function assertUsable({ endpoints, weights }: ServiceView): void {
  const ids = new Set(endpoints.map(({ id }) => id));
  if (ids.size !== endpoints.length) throw new Error('two endpoints have the same id');
  if (weights === undefined) return;
  const total = weights.reduce((sum, { weight }) => sum + Math.round(weight * 100), 0);
  if (total !== 10_000) throw new Error(`the weights sum to ${total / 100}, not to 100`);
  const versions = new Set(weights.map(({ version }) => version));
  if (versions.size !== weights.length) throw new Error('a version has two weights');
}
