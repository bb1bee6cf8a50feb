import { compileLinearRegexp, type LinearRegexp } from '@tulle/mesh/linear-regexp';
import type { RouteMatch } from '@tulle/mesh/route';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { anyPath, grpcCondition, PATH_RANK, type PathCondition, pathConditionOf } from './path-condition.ts';
import {
  cookieNamed,
  headerNamed,
  methodValue,
  queryNamed,
  type RequestValue,
  sourceValue,
} from './request-value.ts';

/** What a match asks of a value of the request. */
export interface ValueCondition {
  readonly of: RequestValue;
  /** Must be this text, or else match the expression as a whole. */
  readonly wanted: string | LinearRegexp;
}

/** One match of one rule, with what is decided when it wins. */
export interface Candidate<Value> {
  /** By which it is found. */
  readonly path: PathCondition;
  readonly conditions: readonly ValueCondition[];
  /** What is compared, in turn: the higher is the more specific. */
  readonly specificity: readonly number[];
  readonly value: Value;
}

export function candidateOf<Value>(match: RouteMatch, value: Value): Candidate<Value> {
  const { method, headers, queryParams, cookies, source } = match;
  const path = pathOf(match);
  const conditions = [
    ...(method === undefined ? [] : [{ of: methodValue, wanted: method }]),
    ...(source === undefined ? [] : [{ of: sourceValue, wanted: source }]),
    ...valueConditions(headers, headerNamed),
    ...valueConditions(queryParams, queryNamed),
    ...valueConditions(cookies, cookieNamed),
  ];
  const count = (prefix: string) => conditions.filter(({ of }) => of.id.startsWith(prefix)).length;
  return {
    path,
    conditions,
    // Gateway API's order; cookies and source, which it does not know, come last.
    specificity: [
      path.rank,
      path.rank === PATH_RANK.prefix ? path.text.length : 0,
      method === undefined ? 0 : 1,
      count('header '),
      count('query '),
      count('cookie '),
      source === undefined ? 0 : 1,
    ],
    value,
  };
}

/** For `sort`: the most specific first. */
export function bySpecificity(a: Candidate<unknown>, b: Candidate<unknown>): number {
  for (const [index, mine] of a.specificity.entries()) {
    const theirs = b.specificity[index] as number;
    if (mine !== theirs) return theirs - mine;
  }
  return 0;
}

/** All but the condition on the path. */
export function conditionsHold(
  { conditions }: Candidate<unknown>,
  head: RequestHead,
  source: string,
): boolean {
  for (const { of, wanted } of conditions) {
    const value = of.read(head, source);
    if (typeof wanted === 'string' ? value !== wanted : value === undefined || !wanted.test(value))
      return false;
  }
  return true;
}

function pathOf({ path, grpc }: RouteMatch): PathCondition {
  if (path !== undefined) return pathConditionOf(path);
  return grpc === undefined ? anyPath : grpcCondition(grpc);
}

function valueConditions(
  matches: readonly { type: 'Exact' | 'RegularExpression'; name: string; value: string }[],
  named: (name: string) => RequestValue,
): ValueCondition[] {
  return matches.map(({ type, name, value }) => ({
    of: named(name),
    wanted: type === 'Exact' ? value : compileLinearRegexp(value),
  }));
}
