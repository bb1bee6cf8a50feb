import type { RouterOutputs } from '@tulle/api/router-types';
import { describeSplitChange, type SplitPreview } from '@tulle/mesh/split-preview';
import type { SplitDraft } from './split-draft';

/** What applying the draft would do, in words and figures, as the mesh stands now. */
export function previewOf(draft: SplitDraft, view: RouterOutputs['trafficSplits']['get']): SplitPreview {
  return describeSplitChange({
    current: draft.base,
    next: draft.weights,
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
}
