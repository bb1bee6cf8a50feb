import type { RouterOutputs } from '@tulle/api/router-types';
import { describe, expect, it } from 'vitest';
import {
  addVersion,
  afterApplied,
  draftInWords,
  heldBecause,
  isChanged,
  mostFor,
  moveWeight,
  rebase,
  standing,
  startDraft,
  stickyDrafted,
  toggleLock,
  versionsOutside,
} from './split-draft.ts';

type SplitView = RouterOutputs['trafficSplits']['get'];

const traffic = { requests: 0, rate: 0, errorRate: 0, successRate: 100, p50: null, p95: null, p99: null };

function view(
  weights: Record<string, number | null>,
  revision = 7,
  instances = 1,
  sticky: SplitView['sticky'] = null,
): SplitView {
  return {
    service: 'orders',
    revision,
    versions: Object.entries(weights).map(([version, weight]) => ({
      version,
      weight,
      observed: 0,
      instances,
      traffic,
      maxInstanceRate: 0,
    })),
    sticky,
    rate: 10,
    callers: ['frontend'],
    agents: 3,
    usualMs: null,
    rollout: null,
  };
}

const percents = (draft: { weights: readonly { version: string; weight: number }[] }) =>
  Object.fromEntries(draft.weights.map(({ version, weight }) => [version, weight]));

describe('a draft of a split', () => {
  it('starts from the declared weights', () => {
    const draft = startDraft(view({ v1: 90, v2: 10 }));
    expect(percents(draft)).toEqual({ v1: 90, v2: 10 });
    expect(isChanged(draft)).toBe(false);
  });

  it('starts from the share of instances when no split is declared', () => {
    const undeclared = view({ v1: null, v2: null });
    expect(percents(startDraft(undeclared))).toEqual({ v1: 50, v2: 50 });
  });

  it('leaves out versions that have instances but no place in the split, until they are added', () => {
    const now = view({ v1: 100, v2: null });
    const draft = startDraft(now);
    expect(versionsOutside(draft, now.versions)).toEqual(['v2']);
    const added = addVersion(draft, 'v2');
    expect(percents(added)).toEqual({ v1: 100, v2: 0 });
    expect(versionsOutside(added, now.versions)).toEqual([]);
  });

  it('restores the others when a version is dragged to the end and back', () => {
    const start = startDraft(view({ v1: 60, v2: 30, v3: 10 }));
    const all = moveWeight(start, 'v1', 100);
    expect(percents(all)).toEqual({ v1: 100, v2: 0, v3: 0 });
    expect(percents(moveWeight(all, 'v1', 60))).toEqual({ v1: 60, v2: 30, v3: 10 });
  });

  it('takes from unlocked versions only', () => {
    const locked = toggleLock(startDraft(view({ v1: 60, v2: 30, v3: 10 })), 'v3');
    expect(percents(moveWeight(locked, 'v2', 95))).toEqual({ v1: 0, v2: 90, v3: 10 });
    expect(mostFor(locked, 'v2')).toBe(90);
  });

  it('says why a version cannot move', () => {
    const draft = startDraft(view({ v1: 50, v2: 50 }));
    expect(heldBecause(draft, 'v1')).toBeNull();
    expect(heldBecause(toggleLock(draft, 'v1'), 'v1')).toBe('locked');
    expect(heldBecause(toggleLock(draft, 'v1'), 'v2')).toBe('all others are locked');
    expect(heldBecause(startDraft(view({ v1: 100 })), 'v1')).toBe('the only version');
  });

  it('follows revisions that do not touch this split, and notices those that do', () => {
    const draft = moveWeight(startDraft(view({ v1: 90, v2: 10 }, 7)), 'v2', 50);
    expect(standing(draft, view({ v1: 90, v2: 10 }, 7))).toBe('current');
    expect(standing(draft, view({ v1: 90, v2: 10 }, 8))).toBe('moved-on');
    expect(standing(draft, view({ v1: 70, v2: 30 }, 8))).toBe('overtaken');
    expect(standing(draft, view({ v1: 50, v2: 50 }, 8))).toBe('moved-on');
  });

  it('keeps what was typed on a new base', () => {
    const draft = moveWeight(startDraft(view({ v1: 90, v2: 10 }, 7)), 'v2', 50);
    const rebased = rebase(draft, view({ v1: 70, v2: 30 }, 8));
    expect(rebased.baseRevision).toBe(8);
    expect(percents(rebased)).toEqual({ v1: 50, v2: 50 });
    expect(isChanged(rebased)).toBe(true);
  });

  it('goes when it is applied, but for what was moved meanwhile', () => {
    const sent = moveWeight(startDraft(view({ v1: 90, v2: 10 })), 'v2', 30);
    const applied = { baseRevision: 8, weights: sent.weights, sticky: null };
    expect(afterApplied(sent, applied)).toBeNull();
    const moved = afterApplied(moveWeight(sent, 'v2', 40), applied);
    expect(moved && percents(moved)).toEqual({ v1: 60, v2: 40 });
    expect(moved && standing(moved, view({ v1: 70, v2: 30 }, 8))).toBe('current');
    expect(afterApplied(sent, { ...applied, sticky: { by: 'source' } })).not.toBeNull();
  });
});

describe('the stickiness of a draft', () => {
  const cookie = { by: 'cookie', name: 'sid' } as const;
  const shares = { v1: 90, v2: 10 };
  const sticky = (draft: ReturnType<typeof startDraft>, name: string) => ({
    ...draft,
    sticky: { by: 'cookie', name } as const,
  });

  it('is a change of its own', () => {
    const draft = startDraft(view(shares));
    expect(isChanged(sticky(draft, 'sid'))).toBe(true);
    expect(stickyDrafted(sticky(draft, 'sid'))).toEqual(cookie);
    expect(isChanged(sticky(startDraft(view(shares, 7, 1, cookie)), 'sid'))).toBe(false);
  });

  it('is a change, too, before its name is one', () => {
    expect(isChanged(sticky(startDraft(view(shares)), ''))).toBe(true);
  });

  it('is overtaken by another stickiness, not by the same', () => {
    const draft = sticky(startDraft(view(shares)), 'sid');
    expect(standing(draft, view(shares, 8))).toBe('moved-on');
    expect(standing(draft, view(shares, 8, 1, cookie))).toBe('moved-on');
    expect(standing(draft, view(shares, 8, 1, { by: 'source' }))).toBe('overtaken');
  });

  it('is kept on a new base, while weights that nobody touched follow', () => {
    const rebased = rebase(sticky(startDraft(view(shares)), 'sid'), view({ v1: 70, v2: 30 }, 8));
    expect(percents(rebased)).toEqual({ v1: 70, v2: 30 });
    expect(draftInWords(rebased)).toBe('callers stay with their version by cookie sid');
  });

  it('follows what is set meanwhile when only weights were touched', () => {
    const moved = moveWeight(startDraft(view(shares)), 'v2', 50);
    const rebased = rebase(moved, view(shares, 8, 1, cookie));
    expect(stickyDrafted(rebased)).toEqual(cookie);
    expect(draftInWords(rebased)).toBe('v1 50\u2009%, v2 50\u2009%');
  });
});
