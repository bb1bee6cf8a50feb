import type { RouteMatch, RouteRule } from '@tulle/mesh/route';
import { type Candidate, candidateOf } from './candidate.ts';
import { withoutSlashAtEnd } from './path-condition.ts';
import { RuleIndex } from './rule-index.ts';

/** A rule as it is decided: one for each, or one for each of its prefixes when the prefix is to be replaced. */
export interface RuleVariant {
  readonly rule: RouteRule;
  /** Its place in the list of rules. */
  readonly place: number;
  readonly prefixLength: number;
}

/** Which rule a request matches, apart from what the rule decides: that depends on other services, too. */
export interface CompiledMatches {
  /** Gives places in `variants`. */
  readonly index: RuleIndex<number>;
  readonly variants: readonly RuleVariant[];
  /** Whether any rule names a path: to match it, and perhaps to replace a part of it, be it `/`. */
  readonly readsPath: boolean;
}

const everything: RouteMatch = { headers: [], queryParams: [], cookies: [] };

/** Rules stay the same objects while their view does, and views change less often than their neighbours. */
const compiled = new WeakMap<readonly RouteRule[], CompiledMatches>();

/** Throws a MeshError for a regular expression that cannot run in linear time. */
export function compileMatches(rules: readonly RouteRule[]): CompiledMatches {
  const known = compiled.get(rules);
  if (known !== undefined) return known;
  const variants: RuleVariant[] = [];
  const candidates: Candidate<number>[] = [];
  for (const [place, rule] of rules.entries()) {
    const byPrefixLength = new Map<number, number>();
    const variantFor = (prefixLength: number): number => {
      const made = byPrefixLength.get(prefixLength);
      if (made !== undefined) return made;
      const variant = variants.push({ rule, place, prefixLength }) - 1;
      byPrefixLength.set(prefixLength, variant);
      return variant;
    };
    const replaces = replacesPrefix(rule);
    for (const match of rule.matches.length === 0 ? [everything] : rule.matches) {
      const prefix = replaces && match.path?.type === 'PathPrefix' ? match.path.value : '';
      candidates.push(candidateOf(match, variantFor(withoutSlashAtEnd(prefix).length)));
    }
  }
  const readsPath = rules.some(({ matches }) =>
    matches.some(({ path, grpc }) => path !== undefined || grpc !== undefined),
  );
  const made = { index: new RuleIndex(candidates), variants, readsPath };
  compiled.set(rules, made);
  return made;
}

function replacesPrefix({ filters }: RouteRule): boolean {
  return filters.some((filter) => {
    if (filter.type === 'URLRewrite') return filter.urlRewrite.path?.type === 'ReplacePrefixMatch';
    if (filter.type === 'RequestRedirect') return filter.requestRedirect.path?.type === 'ReplacePrefixMatch';
    return false;
  });
}
