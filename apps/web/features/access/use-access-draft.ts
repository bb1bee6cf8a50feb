'use client';

import { useState } from 'react';
import {
  type AccessDraft,
  type AccessView,
  afterApplied,
  isChanged,
  rebase,
  standing,
  startDraft,
} from './access-draft';

/** As of splits: untouched it follows what is declared; once touched it stands still, and says when it is overtaken. */
export function useAccessDraft(view: AccessView) {
  const [touched, setTouched] = useState<AccessDraft | null>(null);
  const stands = touched === null ? 'current' : standing(touched, view);
  const draft = touched === null ? startDraft(view) : stands === 'moved-on' ? rebase(touched, view) : touched;
  return {
    draft,
    changed: isChanged(draft),
    /** Somebody changed this rule since the draft began. */
    overtaken: stands === 'overtaken',
    edit: (change: (draft: AccessDraft) => AccessDraft) => setTouched(change(draft)),
    discard: () => setTouched(null),
    /** Lets go of what was applied; what was chosen meanwhile stays. */
    settle: (applied: Parameters<typeof afterApplied>[1]) =>
      setTouched((current) => current && afterApplied(current, applied)),
  };
}
