import type { RouterOutputs } from '@tulle/api/router-types';
import { describeSplitChange, type SplitPreview } from '@tulle/mesh/split-preview';
import { type SplitDraft, sameWeights, stickyDrafted, weightsInWords } from './split-draft';

/** What applying the draft would do, in words and figures, as the mesh stands now. */
export function previewOf(draft: SplitDraft, view: RouterOutputs['trafficSplits']['get']): SplitPreview {
  const preview = describeSplitChange({
    current: draft.base,
    next: draft.weights,
    sticky: { current: draft.baseSticky, next: stickyDrafted(draft) },
    ratePerSecond: view.rate,
    versions: view.versions.map(({ version, instances, maxInstanceRate, traffic }) => ({
      version,
      instances,
      ratePerSecond: traffic.rate,
      maxRatePerInstanceSeen: maxInstanceRate,
    })),
    agents: view.agents,
    callers: view.callers,
    usualMs: view.usualMs ?? undefined,
  });
  const isDeclared = view.versions.some(({ weight }) => weight !== null);
  // A split has weights: those that follow the instances until now stand still from then on.
  const fixed = `The weights no longer follow the instances, but are set: ${weightsInWords(draft.weights)}.`;
  const fixes = !isDeclared && preview.callers.length > 0 && sameWeights(draft.base, draft.weights);
  return fixes ? { ...preview, callers: [...preview.callers, fixed] } : preview;
}
