import type { RequestHead } from '@tulle/wire/http/message-head';
import type { CompiledMatches } from './compile-matches.ts';
import { hasDotSegment, matchablePath } from './matchable-path.ts';
import type { RouteDecision } from './route-decision.ts';
import { nowhere } from './service-targets.ts';

/** What is decided about the requests to one service. */
export class ServiceRoutes {
  /** For requests that match no rule: they go by the service's split alone. */
  readonly decision: RouteDecision;
  private readonly matches: CompiledMatches | undefined;
  /** Of each variant of the matches. */
  private readonly byVariant: readonly RouteDecision[];
  private readonly unsafePath: RouteDecision;

  constructor(
    decision: RouteDecision,
    matches: CompiledMatches | undefined,
    byVariant: readonly RouteDecision[],
  ) {
    this.decision = decision;
    this.matches = matches;
    this.byVariant = byVariant;
    this.unsafePath = {
      ...decision,
      refusal: { code: 'bad_request', detail: 'the path has a dot segment' },
      destination: nowhere,
    };
  }

  /** `source` is the proved name of the calling service; '' at a gateway. */
  decide(head: RequestHead, source: string): RouteDecision {
    const { matches } = this;
    if (matches === undefined) return this.decision;
    const path = matchablePath(head.path);
    // The service would resolve it after the rules were asked: what one rule let through, another one meant.
    if (matches.readsPath && hasDotSegment(path)) return this.unsafePath;
    const variant = matches.index.find(path, head, source);
    return variant === undefined ? this.decision : (this.byVariant[variant] as RouteDecision);
  }
}
