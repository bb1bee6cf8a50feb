import { servicesNamed } from '@tulle/mesh/route-references';
import type { ServiceView } from '@tulle/mesh/service-view';
import type { Backend } from '../balance/backend.ts';
import type { BackendRegistry } from '../balance/backend-registry.ts';
import type { ApplyResult } from '../data-plane.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { RateLimiterRegistry } from '../rate-limit/rate-limiter-registry.ts';
import { RouteRecorder } from '../record/route-recorder.ts';
import { compileRetryPolicy } from '../retry/compile-retry-policy.ts';
import { RetryBudgetRegistry } from '../retry/retry-budget-registry.ts';
import { compileMatches } from './compile-matches.ts';
import { compileRule } from './compile-rule.ts';
import type { RouteDecision } from './route-decision.ts';
import { ServiceRoutes } from './service-routes.ts';
import { ServiceState } from './service-state.ts';
import { ServiceTargets } from './service-targets.ts';

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

/** Turns views into decisions; remembers what outlives them: places in sequences, budgets, limits, requests in flight. */
export class Compiler {
  private readonly registry: BackendRegistry;
  private readonly records: RouteRecorder;
  /** For metrics, as the limiters of rules are. */
  readonly budgets = new RetryBudgetRegistry();
  readonly limiters = new RateLimiterRegistry();
  private readonly states = new Map<string, ServiceState>();
  private views: ReadonlyMap<string, ServiceView> = new Map();

  constructor(registry: BackendRegistry, records: RouteRecorder = new RouteRecorder()) {
    this.registry = registry;
    this.records = records;
  }

  /**
   * All views of a configuration together, since rules of one service may name others. `now` in milliseconds of the
   * clock that requests are timed by.
   */
  compile(views: readonly ServiceView[], now: number = performance.now()): CompiledMesh {
    const { usable, ...result } = this.judge(views);
    const targets = new Map(Array.from(usable, ([name, view]) => [name, this.targetsOf(view)]));
    const services = new Map<string, CompiledService>();
    for (const [name, view] of usable) services.set(name, this.compileService(view, targets, now));
    this.views = usable;
    this.forget((service) => usable.has(service));
    const named = Array.from(usable.values(), ({ service, rules = [] }) => servicesNamed(service, rules));
    const missing = new Set(named.flat().filter((service) => !usable.has(service)));
    return { services, missing: [...missing], ...result };
  }

  /** Which views to put in force: where one cannot be, the one before it. */
  private judge(views: readonly ServiceView[]): ApplyResult & { usable: ReadonlyMap<string, ServiceView> } {
    const usable = new Map<string, ServiceView>();
    const accepted: string[] = [];
    const rejected: { name: string; reason: string }[] = [];
    for (const view of views) {
      const { service } = view;
      try {
        assertUsable(view);
        compileMatches(view.rules ?? []);
        usable.set(service, view);
        accepted.push(service);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        rejected.push({ name: service, reason: error.message });
        const former = this.views.get(service);
        if (former !== undefined) usable.set(service, former);
      }
    }
    return { usable, accepted, rejected };
  }

  private targetsOf(view: ServiceView): ServiceTargets {
    const { max, maxPending } = view.policy.connections;
    const { connectMs, maxConnectionAgeMs } = view.policy.timeouts;
    const fleet = this.registry.fleet(view, { max, maxPending, connectMs, maxConnectionAgeMs });
    return new ServiceTargets(view, fleet, this.stateOf(view.service).sequence);
  }

  private compileService(
    view: ServiceView,
    all: ReadonlyMap<string, ServiceTargets>,
    now: number,
  ): CompiledService {
    const { service, allow } = view;
    const own = all.get(service) as ServiceTargets;
    const plain = this.plainDecision(view, own, now);
    return {
      view,
      backends: own.backends,
      allow: allow === undefined || allow.includes('*') ? undefined : new Set(allow),
      routes: this.compileRoutes(view, plain, all, now),
    };
  }

  private plainDecision(view: ServiceView, own: ServiceTargets, now: number): RouteDecision {
    const { service, policy } = view;
    return {
      service,
      protocol: view.protocol,
      rule: '',
      refusal: speaksHttp(view) ? undefined : { code: 'not_http', detail: service },
      destination: own.destination(undefined),
      timeouts: policy.timeouts,
      retry: compileRetryPolicy(policy.retries, this.budgets.obtain(service, policy.retries, now)),
      observability: policy.observability,
      record: this.records.obtain({ side: 'outbound', service, rule: '' }),
      concurrency: undefined,
      isLocal: false,
      priority: undefined,
      startPatienceMs: 0,
      circuit: this.stateOf(service).circuit(policy.connections.maxRequests),
      rateLimits: [],
      fault: undefined,
      redirect: undefined,
      mirrors: [],
    };
  }

  private compileRoutes(
    view: ServiceView,
    plain: RouteDecision,
    all: ReadonlyMap<string, ServiceTargets>,
    now: number,
  ): ServiceRoutes {
    const { service, rules = [] } = view;
    const compilation = this.limiters.compile(service, now);
    const limiters = rules.map(({ name, filters }, place) =>
      filters.flatMap((filter): RateLimiter[] =>
        filter.type === 'RateLimit' ? [compilation.obtain(`rule ${name ?? place}`, filter.rateLimit)] : [],
      ),
    );
    compilation.commit();
    if (rules.length === 0 || plain.refusal !== undefined) return new ServiceRoutes(plain, undefined, []);
    const matches = compileMatches(rules);
    const targetsOf = (name: string) => all.get(name);
    const context = { view, plain, targetsOf, state: this.stateOf(service), limiters, records: this.records };
    return new ServiceRoutes(
      plain,
      matches,
      matches.variants.map((variant) => compileRule(variant, context)),
    );
  }

  private stateOf(service: string): ServiceState {
    const known = this.states.get(service);
    if (known !== undefined) return known;
    const state = new ServiceState();
    this.states.set(service, state);
    return state;
  }

  private forget(isKnown: (service: string) => boolean): void {
    for (const service of [...this.states.keys()]) if (!isKnown(service)) this.states.delete(service);
    this.budgets.forget(isKnown);
    this.limiters.forget(isKnown);
  }
}

/** Connections of the others are carried as they are: what is decided about them is the destination alone. */
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
