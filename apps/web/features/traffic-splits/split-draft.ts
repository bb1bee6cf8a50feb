import type { RouterOutputs } from '@tulle/api/router-types';
import type { VersionWeight } from '@tulle/mesh/traffic-split';
import { normalise, rebalance, weightOf } from '@tulle/mesh/weights';

type SplitView = RouterOutputs['trafficSplits']['get'];

/** What a person is about to apply. Weights are percent and always sum to exactly 100. */
export interface SplitDraft {
  readonly baseRevision: number;
  /** What was set when the draft began. */
  readonly base: readonly VersionWeight[];
  readonly weights: readonly VersionWeight[];
  readonly locked: readonly string[];
  /** The weights before the version in hand was first moved, so that moving it back restores the others. */
  readonly grip: { readonly version: string; readonly from: readonly VersionWeight[] } | null;
}

export function startDraft(view: SplitView): SplitDraft {
  const base = weightsInForce(view.versions);
  return { baseRevision: view.revision, base, weights: base, locked: [], grip: null };
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

export function isChanged(draft: SplitDraft): boolean {
  return !sameWeights(draft.base, draft.weights);
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
  return sameWeights(draft.base, now) || sameWeights(draft.weights, now) ? 'moved-on' : 'overtaken';
}

/** What is left to apply after a draft was; null when nothing was moved meanwhile. */
export function afterApplied(
  draft: SplitDraft,
  applied: { readonly revision: number; readonly weights: readonly VersionWeight[] },
): SplitDraft | null {
  const { revision: baseRevision, weights: base } = applied;
  return sameWeights(draft.weights, base) ? null : { ...draft, baseRevision, base };
}

/** Keeps what was typed and puts it on top of what is set now. */
export function rebase(draft: SplitDraft, view: SplitView): SplitDraft {
  return { ...draft, baseRevision: view.revision, base: weightsInForce(view.versions), grip: null };
}

/** `v1 70 %, v2 30 %`. */
export function weightsInWords(weights: readonly VersionWeight[]): string {
  return weights.map(({ version, weight }) => `${version} ${weight}\u2009%`).join(', ');
}
