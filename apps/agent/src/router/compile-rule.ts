import type { BackendRef, RouteFilter, RouteRule } from '@tulle/mesh/route';
import type { ServiceView } from '@tulle/mesh/service-view';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RouteRecorder } from '../record/route-recorder.ts';
import { compileRetryPolicy } from '../retry/compile-retry-policy.ts';
import type { Branch } from './branch.ts';
import { type Changes, changedBranch, changedDestination } from './changed-destination.ts';
import type { RuleVariant } from './compile-matches.ts';
import { faultOf } from './fault.ts';
import { headChangeOf } from './head-change.ts';
import { pathChangeOf } from './path-change.ts';
import { redirectOf } from './redirect.ts';
import type { Destination, MirrorDecision, RequestChange, RouteDecision } from './route-decision.ts';
import type { ServiceState } from './service-state.ts';
import { nowhere, type ServiceTargets, voidBranch } from './service-targets.ts';
import { stickyDestination } from './sticky-destination.ts';
import { WeightedChoice } from './weighted-choice.ts';

/** What a rule is compiled against. */
export interface RuleContext {
  readonly view: ServiceView;
  /** For requests that match no rule. */
  readonly plain: RouteDecision;
  /** Undefined when no view of the service is known. */
  readonly targetsOf: (service: string) => ServiceTargets | undefined;
  readonly state: ServiceState;
  /** Of each rule, by its place in the list. */
  readonly limiters: readonly (readonly RateLimiter[])[];
  readonly records: RouteRecorder;
}

/** Timeouts, retries and limits are those of the service that was asked for, also where its rules send requests elsewhere. */
export function compileRule(variant: RuleVariant, context: RuleContext): RouteDecision {
  const { rule, place, prefixLength } = variant;
  const { view, plain, limiters, records } = context;
  const { service } = view;
  const { filters } = rule;
  const redirect = filters.find((filter) => filter.type === 'RequestRedirect')?.requestRedirect;
  const fault = filters.find((filter) => filter.type === 'Fault')?.fault;
  const { requestMs = plain.timeouts.requestMs, perTryMs = plain.timeouts.perTryMs } = rule.timeouts ?? {};
  return {
    ...plain,
    rule: rule.name ?? '',
    record: records.obtain({ side: 'outbound', service, rule: rule.name ?? `#${place + 1}` }),
    destination: redirect === undefined ? destinationOf(variant, context) : nowhere,
    timeouts: { requestMs, perTryMs, idleMs: plain.timeouts.idleMs },
    retry: rule.retries === undefined ? plain.retry : compileRetryPolicy(rule.retries, plain.retry.budget),
    rateLimits: limiters[place] ?? [],
    fault: fault && faultOf(fault),
    redirect: redirect && redirectOf(redirect, prefixLength, `${service}.mesh`),
    mirrors: filters.flatMap((filter) => mirrorOf(filter, context)),
  };
}

function destinationOf({ rule, place, prefixLength }: RuleVariant, context: RuleContext): Destination {
  const { view, plain, targetsOf, state } = context;
  const { backendRefs, sticky } = rule;
  if (backendRefs.length === 0) {
    const own = sticky === undefined ? plain.destination : targetsOf(view.service)?.destination(sticky);
    return changedDestination(own ?? nowhere, changesOf(rule, prefixLength, undefined));
  }
  const branches = backendRefs.map((ref) =>
    changedBranch(branchOf(ref, rule, context), changesOf(rule, prefixLength, ref)),
  );
  const byWeight = new WeightedChoice(branches, state.ruleSequence(place));
  return sticky === undefined ? byWeight : stickyDestination(sticky, branches, byWeight);
}

function branchOf(
  { name, version, weight }: BackendRef,
  { sticky }: RouteRule,
  context: RuleContext,
): Branch {
  const service = name ?? context.view.service;
  const targets = context.targetsOf(service);
  return targets?.branch(version, weight, sticky) ?? voidBranch(service, weight);
}

/** Filters of the rule come first, then those of the backend. */
function changesOf(rule: RouteRule, prefixLength: number, ref: BackendRef | undefined): Changes {
  const filters: readonly RouteFilter[] = [...rule.filters, ...(ref?.filters ?? [])];
  const response = headChangeOf(
    filters.flatMap((filter) =>
      filter.type === 'ResponseHeaderModifier' ? [filter.responseHeaderModifier] : [],
    ),
  );
  return { request: requestChangeOf(filters, prefixLength), response };
}

function requestChangeOf(filters: readonly RouteFilter[], prefixLength: number): RequestChange | undefined {
  const fields = headChangeOf(
    filters.flatMap((filter) =>
      filter.type === 'RequestHeaderModifier' ? [filter.requestHeaderModifier] : [],
    ),
  );
  const rewrite = filters.find((filter) => filter.type === 'URLRewrite')?.urlRewrite;
  if (fields === undefined && rewrite === undefined) return undefined;
  return {
    removed: fields?.removed,
    added: fields?.added ?? '',
    path: rewrite?.path && pathChangeOf(rewrite.path, prefixLength),
    authority: rewrite?.hostname ?? '',
  };
}

function mirrorOf(filter: RouteFilter, { view, targetsOf }: RuleContext): MirrorDecision[] {
  if (filter.type !== 'RequestMirror') return [];
  const { percent, backendRef } = filter.requestMirror;
  const { name = view.service, version } = backendRef;
  const branch = targetsOf(name)?.branch(version, 1, undefined);
  if (branch === undefined) return [];
  return [{ percent, destination: { pick: (request) => branch.pick(request) } }];
}
