import { routeMatchSchema } from '@tulle/mesh/route';
import type * as z from 'zod/mini';
import { candidateOf } from './candidate.ts';
import { matchablePath } from './matchable-path.ts';
import { requestFor } from './request.spec-support.ts';
import { RuleIndex } from './rule-index.ts';

export type Declared = z.input<typeof routeMatchSchema>;
export type Rules = readonly (readonly [backend: string, ...matches: Declared[]])[];

function indexOf(rules: Rules): RuleIndex<string> {
  return new RuleIndex(
    rules.flatMap(([backend, ...matches]) =>
      matches.map((match) => candidateOf(routeMatchSchema.parse(match), backend)),
    ),
  );
}

/** Which of the rules a request matches, by the name it has in the list. */
export function found(
  rules: Rules,
  target: string,
  request: Parameters<typeof requestFor>[1] = {},
  source = 'caller',
): string | undefined {
  const head = requestFor(target, request);
  return indexOf(rules).find(matchablePath(head.path), head, source);
}

export const exact = (value: string): Declared => ({ path: { type: 'Exact', value } });
export const prefix = (value: string): Declared => ({ path: { type: 'PathPrefix', value } });
export const regexp = (value: string): Declared => ({ path: { type: 'RegularExpression', value } });
export const header = (name: string, value: string): Declared => ({ headers: [{ name, value }] });
export const query = (...pairs: [string, string][]): Declared => ({
  queryParams: pairs.map(([name, value]) => ({ name, value })),
});
