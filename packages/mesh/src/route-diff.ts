import type { FieldChange } from './change-diff.ts';
import { formatMs, listOf } from './format.ts';
import type { Route, RouteRule } from './route.ts';
import {
  describeFilter,
  describeMatch,
  describePlace,
  describeRetries,
  describeRule,
  describeSticky,
} from './route-words.ts';

/** One thing a rule says: what it is known by, how people say it, and its value when it can change. */
type Facts = ReadonlyMap<string, string>;

/**
 * What differs between two states of a Route. Rules are known by their names, those without by what they match, so
 * that an inserted rule is not a change of all others.
 */
export function diffRoute(before: Route | undefined, after: Route | undefined): FieldChange[] {
  const from = rulesByKey(before);
  const to = rulesByKey(after);
  const keys = [...to.keys(), ...[...from.keys()].filter((key) => !to.has(key))];
  return [...keys.flatMap((key) => diffRule(from.get(key), to.get(key))), ...movedRules(from, to)];
}

/** A title may be cut short, a key is not. */
function keyOf(rule: RouteRule): string {
  return rule.name ?? describeRule(rule).when.join(' or ');
}

function rulesByKey(route: Route | undefined): ReadonlyMap<string, RouteRule> {
  return new Map(route?.rules.map((rule) => [keyOf(rule), rule]));
}

function diffRule(before: RouteRule | undefined, after: RouteRule | undefined): FieldChange[] {
  const rule = after ?? before;
  if (rule === undefined) return [];
  const { title } = describeRule(rule);
  const path = `rules.${keyOf(rule)}`;
  if (before === undefined || after === undefined) {
    const [from, to] = [before && summaryOf(before), after && summaryOf(after)];
    return [{ path, from, to, sentence: `rule ${title} ${before ? 'removed' : 'added'}: ${from ?? to}` }];
  }
  const [had, has] = [factsOf(before), factsOf(after)];
  const keys = [...has.keys(), ...[...had.keys()].filter((key) => !has.has(key))];
  return keys
    .filter((key) => had.get(key) !== has.get(key))
    .map((key) => ({
      path: `${path}.${key}`,
      from: had.get(key),
      to: has.get(key),
      sentence: `rule ${title}: ${factSentence(key, had.get(key), has.get(key))}`,
    }));
}

function summaryOf(rule: RouteRule): string {
  const { when, does } = describeRule(rule);
  return `${when.join(' or ')} → ${does.join(', ')}`;
}

function factsOf(rule: RouteRule): Facts {
  const facts = new Map<string, string>();
  for (const match of rule.matches) facts.set(describeMatch(match), '');
  for (const backend of rule.backendRefs) {
    const place = `to ${describePlace(backend)}`;
    facts.set(place, `weight ${backend.weight}`);
    for (const words of backend.filters.flatMap(describeFilter)) facts.set(`${place}: ${words}`, '');
  }
  for (const words of rule.filters.flatMap(describeFilter)) facts.set(words, '');
  for (const [field, ms] of Object.entries(rule.timeouts ?? {}))
    if (ms !== undefined) facts.set(field, ms === 0 ? 'no limit' : formatMs(ms));
  if (rule.retries) facts.set('retries', describeRetries(rule.retries));
  if (rule.sticky) facts.set('sticky', `by ${describeSticky(rule.sticky)}`);
  return facts;
}

function factSentence(key: string, from: string | undefined, to: string | undefined): string {
  if (from !== undefined && to !== undefined) return `${key} ${from} → ${to}`;
  const value = from ?? to;
  return `${key}${value ? ` ${value}` : ''} ${to === undefined ? 'removed' : 'added'}`;
}

/** The order of rules decides between matches that are equally specific. */
function movedRules(from: ReadonlyMap<string, RouteRule>, to: ReadonlyMap<string, RouteRule>): FieldChange[] {
  const before = [...from.keys()].filter((key) => to.has(key));
  const after = [...to.keys()].filter((key) => from.has(key));
  const first = after.findIndex((key, index) => key !== before[index]);
  if (first < 0) return [];
  const titles = (keys: readonly string[]) =>
    keys.slice(first).map((key) => describeRule(to.get(key) as RouteRule).title);
  const [was, is] = [listOf(titles(before), 5), listOf(titles(after), 5)];
  return [{ path: 'rules', from: was, to: is, sentence: `order of rules ${was} → ${is}` }];
}
