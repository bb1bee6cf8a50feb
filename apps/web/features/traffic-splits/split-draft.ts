import type { RouterOutputs } from '@tulle/api/router-types';
import type { Sticky } from '@tulle/mesh/sticky';
import { isSameSticky, stickyTerms } from '@tulle/mesh/sticky-words';
import type { VersionWeight } from '@tulle/mesh/traffic-split';
import { normalise, rebalance, weightOf } from '@tulle/mesh/weights';
import { fieldsOf, type StickyFields, stickyOf } from './sticky-fields.ts';

type SplitView = RouterOutputs['trafficSplits']['get'];

/** What a person is about to apply. Weights are percent and always sum to exactly 100. */
export interface SplitDraft {
  readonly baseRevision: number;
  /** What was set when the draft began. */
  readonly base: readonly VersionWeight[];
  readonly baseSticky: Sticky | null;
  readonly weights: readonly VersionWeight[];
  readonly sticky: StickyFields;
  readonly locked: readonly string[];
  /** The weights before the version in hand was first moved, so that moving it back restores the others. */
  readonly grip: { readonly version: string; readonly from: readonly VersionWeight[] } | null;
}

export function startDraft(view: SplitView): SplitDraft {
  const base = weightsInForce(view.versions);
  return {
    baseRevision: view.revision,
    base,
    baseSticky: view.sticky,
    weights: base,
    sticky: fieldsOf(view.sticky),
    locked: [],
    grip: null,
  };
}

/** The declared weights; without a split, requests spread evenly over instances whatever their version. */
export function weightsInForce(versions: SplitView['versions']): VersionWeight[] {
  const declared = versions.filter((version) => version.weight !== null);
  if (declared.length > 0) return declared.map(({ version, weight }) => ({ version, weight: weight ?? 0 }));
  if (versions.length === 0) return [];
  return normalise(versions.map(({ version, instances }) => ({ version, weight: instances })));
}

/** Versions with instances that the draft does not name: they get no traffic until somebody adds them. */
export function versionsOutside(draft: SplitDraft, versions: SplitView['versions']): string[] {
  const named = new Set(draft.weights.map((entry) => entry.version));
  return versions.map(({ version }) => version).filter((version) => !named.has(version));
}

export function moveWeight(draft: SplitDraft, version: string, weight: number): SplitDraft {
  const from = draft.grip?.version === version ? draft.grip.from : draft.weights;
  return {
    ...draft,
    weights: rebalance(from, version, weight, draft.locked),
    grip: { version, from },
  };
}

export function toggleLock(draft: SplitDraft, version: string): SplitDraft {
  const locked = draft.locked.includes(version)
    ? draft.locked.filter((name) => name !== version)
    : [...draft.locked, version];
  return { ...draft, locked, grip: null };
}

/** A new version starts with nothing: adding it moves no traffic. */
export function addVersion(draft: SplitDraft, version: string): SplitDraft {
  if (draft.weights.some((entry) => entry.version === version)) return draft;
  return { ...draft, weights: [...draft.weights, { version, weight: 0 }], grip: null };
}

/** Why a version cannot be moved, in a few words; null when it can. */
export function heldBecause(draft: SplitDraft, version: string): string | null {
  if (draft.weights.length < 2) return 'the only version';
  if (draft.locked.includes(version)) return 'locked';
  const others = draft.weights.filter((entry) => entry.version !== version);
  if (others.every((entry) => draft.locked.includes(entry.version))) return 'all others are locked';
  return null;
}

/** The most a version can have: what the locked ones leave. */
export function mostFor(draft: SplitDraft, version: string): number {
  const taken = draft.weights
    .filter((entry) => entry.version !== version && draft.locked.includes(entry.version))
    .reduce((sum, entry) => sum + Math.round(entry.weight * 100), 0);
  return (10_000 - taken) / 100;
}

/** How callers shall stay; as before while the fields are not complete. */
export function stickyDrafted(draft: SplitDraft): Sticky | null {
  const drafted = stickyOf(draft.sticky, draft.baseSticky);
  return drafted.issue === null ? drafted.sticky : draft.baseSticky;
}

/** Why the fields of stickiness mean nothing yet. */
export function stickyIssue(draft: SplitDraft): string | null {
  return stickyOf(draft.sticky, draft.baseSticky).issue;
}

export function isChanged(draft: SplitDraft): boolean {
  return !sameWeights(draft.base, draft.weights) || isStickyChanged(draft);
}

function isStickyChanged({ sticky, baseSticky }: SplitDraft): boolean {
  const drafted = stickyOf(sticky, baseSticky);
  return drafted.issue !== null || !isSameSticky(drafted.sticky, baseSticky);
}

/** Equal when every version has the same share; naming a version with 0 counts as a difference. */
export function sameWeights(a: readonly VersionWeight[], b: readonly VersionWeight[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(
    (entry) =>
      b.some((other) => other.version === entry.version) && weightOf(b, entry.version) === entry.weight,
  );
}

export type Standing = 'current' | 'moved-on' | 'overtaken';

/** How a draft stands to what the server says now; `overtaken` when somebody changed this very split meanwhile. */
export function standing(draft: SplitDraft, view: SplitView): Standing {
  if (view.revision === draft.baseRevision) return 'current';
  const now = weightsInForce(view.versions);
  // Also when somebody set just what is meant here: nothing is left to disagree about.
  const isBase = sameWeights(draft.base, now) && isSameSticky(draft.baseSticky, view.sticky);
  const isMeant = sameWeights(draft.weights, now) && isSameSticky(stickyDrafted(draft), view.sticky);
  return isBase || isMeant ? 'moved-on' : 'overtaken';
}

/** What is left to apply after a draft was; null when nothing was changed meanwhile. */
export function afterApplied(
  draft: SplitDraft,
  applied: Pick<SplitDraft, 'weights' | 'baseRevision'> & { readonly sticky: Sticky | null },
): SplitDraft | null {
  const { baseRevision, weights: base, sticky: baseSticky } = applied;
  const rest = { ...draft, baseRevision, base, baseSticky };
  return isChanged(rest) ? rest : null;
}

/** Keeps what was typed and puts it on top of what is set now; of weights and stickiness, what was not touched follows. */
export function rebase(draft: SplitDraft, view: SplitView): SplitDraft {
  const base = weightsInForce(view.versions);
  return {
    ...draft,
    baseRevision: view.revision,
    base,
    weights: sameWeights(draft.base, draft.weights) ? base : draft.weights,
    baseSticky: view.sticky,
    sticky: isStickyChanged(draft) ? draft.sticky : fieldsOf(view.sticky),
    grip: null,
  };
}

/** What is not as it was: `v1 70 %, v2 30 %; callers stay with their version by cookie sid`. */
export function draftInWords(draft: SplitDraft): string {
  const sticky = stickyDrafted(draft);
  const stays =
    sticky === null
      ? 'no caller stays with its version'
      : `callers stay with their version ${stickyTerms(sticky)}`;
  return [
    ...(sameWeights(draft.base, draft.weights) ? [] : [weightsInWords(draft.weights)]),
    ...(isStickyChanged(draft) ? [stays] : []),
  ].join('; ');
}

/** `v1 70 %, v2 30 %`. */
export function weightsInWords(weights: readonly VersionWeight[]): string {
  return weights.map(({ version, weight }) => `${version} ${weight}\u2009%`).join(', ');
}
