import type { RequestHead } from '@tulle/wire/http/message-head';
import { hasDotSegment, matchablePath } from './matchable-path.ts';
import type { RouteDecision } from './route-decision.ts';
import type { RuleIndex } from './rule-index.ts';

/** What is decided about the requests to one service. */
export class ServiceRoutes {
  /** For requests that match no rule: they go by the service's split alone. */
  readonly decision: RouteDecision;
  private readonly rules: RuleIndex<RouteDecision> | undefined;
  private readonly unsafePath: RouteDecision;

  constructor(decision: RouteDecision, rules: RuleIndex<RouteDecision> | undefined) {
    this.decision = decision;
    this.rules = rules;
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
    return rules.find(path, head, source) ?? this.decision;
  }
}

const nowhere = { pick: () => undefined };
