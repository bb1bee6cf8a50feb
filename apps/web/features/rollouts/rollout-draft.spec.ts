import type { RolloutStep } from '@tulle/mesh/rollout/spec';
import { describe, expect, it } from 'vitest';
import {
  cautions,
  defaultRule,
  draftSteps,
  moveStep,
  newStep,
  removeStep,
  replaceStep,
  thresholdsOf,
  withThresholds,
} from './rollout-draft.ts';

const analysis: RolloutStep = { type: 'analysis', durationMs: 60_000, timeoutMs: 600_000, rule: defaultRule };
const steps: RolloutStep[] = [
  { type: 'setWeight', weight: 10 },
  analysis,
  { type: 'approval', approvals: 1 },
];

describe('steps of a rollout being written', () => {
  it('moves a step by one and stops at the ends', () => {
    const draft = draftSteps(steps);
    const types = (list: typeof draft) => list.map(({ step }) => step.type);
    const first = draft[0]?.key ?? '';
    expect(types(moveStep(draft, first, 1))).toEqual(['analysis', 'setWeight', 'approval']);
    expect(types(moveStep(draft, first, -1))).toEqual(types(draft));
    expect(types(moveStep(draft, draft[2]?.key ?? '', 1))).toEqual(types(draft));
  });

  it('keeps keys when a step is edited, and loses only the removed one', () => {
    const draft = draftSteps(steps);
    const key = draft[0]?.key ?? '';
    const edited = replaceStep(draft, key, { type: 'setWeight', weight: 20 });
    expect(edited.map((entry) => entry.key)).toEqual(draft.map((entry) => entry.key));
    expect(removeStep(draft, key)).toHaveLength(2);
  });

  it('goes on where the last weight stood', () => {
    expect(newStep('setWeight', draftSteps(steps)).step).toEqual({
      type: 'setWeight',
      weight: 25,
    });
    expect(newStep('setWeight', []).step).toEqual({ type: 'setWeight', weight: 5 });
    const full = draftSteps([{ type: 'setWeight', weight: 100 }]);
    expect(newStep('setWeight', full).step).toEqual({ type: 'setWeight', weight: 100 });
  });

  it('edits the thresholds of all analyses as one and leaves each its number of requests', () => {
    const second = { ...analysis, rule: { ...defaultRule, minRequests: 500 } };
    const draft = withThresholds(draftSteps([...steps, second]), { ...thresholdsOf([]), maxP95Ms: 250 });
    expect(thresholdsOf(draft).maxP95Ms).toBe(250);
    const rules = draft.flatMap(({ step }) => (step.type === 'analysis' ? [step.rule] : []));
    expect(rules.map((rule) => [rule.minRequests, rule.maxP95Ms])).toEqual([
      [100, 250],
      [500, 250],
    ]);
  });

  it('speaks up about steps that check nothing', () => {
    expect(cautions(steps)).toEqual([]);
    expect(cautions([{ type: 'setWeight', weight: 100 }])).toHaveLength(1);
    expect(
      cautions([{ type: 'setWeight', weight: 50 }, analysis, { type: 'setWeight', weight: 20 }])[0],
    ).toMatch(/goes down again, from 50 % to 20 %/);
    expect(cautions([analysis, { type: 'setWeight', weight: 20 }])[0]).toMatch(/before any weight/);
  });
});
