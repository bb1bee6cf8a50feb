import type { RequestHead } from '@tulle/wire/http/message-head';
import { hasDotSegment, matchablePath } from './matchable-path.ts';
import type { RouteDecision } from './route-decision.ts';
import type { RuleIndex } from './rule-index.ts';
import { nowhere } from './service-targets.ts';

/** What is decided about the requests to one service. */
export class ServiceRoutes {
  /** For requests that match no rule: they go by the service's split alone. */
  readonly decision: RouteDecision;
  private readonly rules: RuleIndex<number> | undefined;
  /** What the rules decide, by what `rules` gives. */
  private readonly byRule: readonly RouteDecision[];
  private readonly unsafePath: RouteDecision;

  constructor(
    decision: RouteDecision,
    rules: RuleIndex<number> | undefined,
    byRule: readonly RouteDecision[],
  ) {
    this.decision = decision;
    this.rules = rules;
    this.byRule = byRule;
    this.unsafePath = {
      ...decision,
      refusal: { code: 'bad_request', detail: 'the path has a dot segment' },
      destination: nowhere,
    };
  }

  /** `source` is the proved name of the calling service; '' at a gateway. */
  decide(head: RequestHead, source: string): RouteDecision {
    const { rules } = this;
    if (rules === undefined) return this.decision;
    const path = matchablePath(head.path);
    // The service would resolve it after the rules were asked: what one rule let through, another one meant.
    if (rules.readsPath && hasDotSegment(path)) return this.unsafePath;
    const found = rules.find(path, head, source);
    return found === undefined ? this.decision : (this.byRule[found] as RouteDecision);
  }
}
