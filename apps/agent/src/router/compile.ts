import type { ServiceView } from '@tulle/mesh/service-view';
import type { Backend } from '../balance/backend.ts';
import type { BackendRegistry } from '../balance/backend-registry.ts';
import { EvenSequence } from '../balance/sequence.ts';
import { type Share, Split } from '../balance/split.ts';
import { compileRetryPolicy } from '../retry/compile-retry-policy.ts';
import { unlimitedRetries } from '../retry/retry-budget.ts';
import type { RouteDecision } from './route-decision.ts';

/** A view, ready for use. */
export interface CompiledService {
  readonly view: ServiceView;
  readonly decision: RouteDecision;
  readonly backends: readonly Backend[];
  readonly allow: ReadonlySet<string> | undefined;
}

/** Turns views into decisions; remembers where each split stands in its sequence. */
export class Compiler {
  private readonly registry: BackendRegistry;
  private readonly sequences = new Map<string, EvenSequence>();

  constructor(registry: BackendRegistry) {
    this.registry = registry;
  }

  /** Throws an Error with the reason when the view cannot be put into force. */
  compile(view: ServiceView): CompiledService {
    assertUsable(view);
    const { service, policy, endpoints } = view;
    const { max, maxPending } = policy.connections;
    const limits = { max, maxPending, connectMs: policy.timeouts.connectMs };
    const backends = endpoints.map((endpoint) => this.registry.obtain(service, endpoint, limits));
    const split = new Split(sharesOf(view, backends), this.sequenceOf(service));
    return {
      view,
      backends,
      allow: view.allow === undefined || view.allow.includes('*') ? undefined : new Set(view.allow),
      decision: {
        service,
        rule: '',
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
      },
    };
  }

  forget(isKnown: (service: string) => boolean): void {
    for (const service of [...this.sequences.keys()]) if (!isKnown(service)) this.sequences.delete(service);
  }

  private sequenceOf(service: string): EvenSequence {
    const known = this.sequences.get(service);
    if (known !== undefined) return known;
    const sequence = new EvenSequence();
    this.sequences.set(service, sequence);
    return sequence;
  }
}

function sharesOf({ weights }: ServiceView, backends: readonly Backend[]): Share[] {
  if (weights === undefined) return [{ version: '', weight: 1, backends }];
  return weights.map(({ version, weight }) => ({
    version,
    weight,
    backends: backends.filter(({ endpoint }) => endpoint.version === version),
  }));
}

function assertUsable({ protocol, endpoints, weights }: ServiceView): void {
  if (protocol !== 'http') throw new Error(`this agent does not speak ${protocol} yet, only http`);
  const ids = new Set(endpoints.map(({ id }) => id));
  if (ids.size !== endpoints.length) throw new Error('two endpoints have the same id');
  if (weights === undefined) return;
  const total = weights.reduce((sum, { weight }) => sum + Math.round(weight * 100), 0);
  if (total !== 10_000) throw new Error(`the weights sum to ${total / 100}, not to 100`);
  const versions = new Set(weights.map(({ version }) => version));
  if (versions.size !== weights.length) throw new Error('a version has two weights');
}
