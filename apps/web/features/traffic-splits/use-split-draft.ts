'use client';

import type { RouterOutputs } from '@tulle/api/router-types';
import { useState } from 'react';
import { afterApplied, isChanged, rebase, type SplitDraft, standing, startDraft } from './split-draft';

export interface DraftHandle {
  readonly draft: SplitDraft;
  readonly changed: boolean;
  /** Somebody changed this split since the draft began. */
  readonly overtaken: boolean;
  readonly edit: (change: (draft: SplitDraft) => SplitDraft) => void;
  readonly discard: () => void;
  /** Lets go of what was applied; what was moved meanwhile stays. */
  readonly settle: (applied: Parameters<typeof afterApplied>[1]) => void;
}

/**
 * Untouched, the draft is what is set now and follows it live. Once touched it stands still; revisions that leave
 * this split alone move its base on, since nothing it rests on has changed.
 */
export function useSplitDraft(view: RouterOutputs['trafficSplits']['get']): DraftHandle {
  const [touched, setTouched] = useState<SplitDraft | null>(null);
  const stands = touched === null ? 'current' : standing(touched, view);
  const draft = touched === null ? startDraft(view) : stands === 'moved-on' ? rebase(touched, view) : touched;
  return {
    draft,
    changed: isChanged(draft),
    overtaken: stands === 'overtaken',
    edit: (change) => setTouched(change(draft)),
    discard: () => setTouched(null),
    settle: (applied) => setTouched((current) => current && afterApplied(current, applied)),
  };
}
