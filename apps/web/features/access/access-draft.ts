import type { RouterOutputs } from '@tulle/api/router-types';
import { type AllowList, everyone, sameCallers } from '@tulle/mesh/access-rule';
import { serviceNameSchema } from '@tulle/mesh/names';

export type AccessView = RouterOutputs['access']['get'];

/** `default` is no rule of its own; the default of the mesh itself has no such choice. */
export const choices = ['default', 'anyone', 'some', 'nobody'] as const;
export type Choice = (typeof choices)[number];

/** What a person is about to apply. */
export interface AccessDraft {
  readonly service: string;
  readonly baseRevision: number;
  /** What was declared when the draft began. */
  readonly base: AllowList;
  readonly choice: Choice;
  /** Kept while something else is chosen, so that trying the choices loses nothing. */
  readonly names: readonly string[];
}

export function startDraft(view: AccessView): AccessDraft {
  const base = view.rule?.allow ?? null;
  const choice = choiceOf(base, view.service);
  const names = choice === 'some' ? (base ?? []) : [];
  return { service: view.service, baseRevision: view.revision, base, choice, names };
}

function choiceOf(allow: AllowList, service: string): Choice {
  if (allow === null) return service === everyone ? 'anyone' : 'default';
  if (allow.includes(everyone)) return 'anyone';
  return allow.length === 0 ? 'nobody' : 'some';
}

/** The list to declare; null to have none. */
export function allowOf({ service, base, choice, names }: AccessDraft): AllowList {
  switch (choice) {
    case 'default':
      return null;
    case 'anyone':
      // Which a default that was never declared says already.
      return service === everyone && base === null ? null : [everyone];
    case 'some':
      return names;
    case 'nobody':
      return [];
  }
}

/** Of a service, names begin with those who call it now and may: choosing to name them cuts nobody off. */
export function choose(draft: AccessDraft, choice: Choice, view: AccessView): AccessDraft {
  const isFirst = choice === 'some' && draft.names.length === 0 && view.service !== everyone;
  const callers = view.callers.filter(({ isAllowed }) => isAllowed).map(({ caller }) => caller);
  return { ...draft, choice, names: isFirst ? [...new Set(callers)].sort() : draft.names };
}

export function nameCallers(draft: AccessDraft, names: readonly string[]): AccessDraft {
  return { ...draft, names: [...new Set(names.map((name) => name.trim().toLowerCase()))] };
}

/** What is wrong with the names, in words; null when nothing is. */
export function namesIssue(names: readonly string[]): string | null {
  const wrong = names.find((name) => !serviceNameSchema.safeParse(name).success);
  if (wrong === undefined) return null;
  return `“${wrong}” is no name of a service: lower-case letters, digits and dashes, starting with a letter.`;
}

export function isChanged(draft: AccessDraft): boolean {
  return !sameCallers(allowOf(draft), draft.base);
}

export type Standing = 'current' | 'moved-on' | 'overtaken';

/** How a draft stands to what the server says now; `overtaken` when somebody changed this very rule meanwhile. */
export function standing(draft: AccessDraft, view: AccessView): Standing {
  if (view.revision === draft.baseRevision) return 'current';
  const now = view.rule?.allow ?? null;
  // Also when somebody set just what is meant here: nothing is left to disagree about.
  return sameCallers(draft.base, now) || sameCallers(allowOf(draft), now) ? 'moved-on' : 'overtaken';
}

/** Keeps what was chosen and puts it on top of what is declared now. */
export function rebase(draft: AccessDraft, view: AccessView): AccessDraft {
  return { ...draft, baseRevision: view.revision, base: view.rule?.allow ?? null };
}

/** What is left to apply after a draft was; null when nothing was chosen meanwhile. */
export function afterApplied(
  draft: AccessDraft,
  applied: { readonly baseRevision: number; readonly allow: AllowList },
): AccessDraft | null {
  const rest = { ...draft, baseRevision: applied.baseRevision, base: applied.allow };
  return isChanged(rest) ? rest : null;
}
