import { analysisRuleSchema, type RolloutStep } from './spec.ts';

export const rolloutPresetNames = ['careful', 'standard', 'fast'] as const;
export type RolloutPresetName = (typeof rolloutPresetNames)[number];

/** Starting points for the form of a new rollout; each call gives fresh steps to edit. */
export const rolloutPresets: Record<RolloutPresetName, () => RolloutStep[]> = {
  careful: () => [
    weight(1),
    analysis(300_000, 50),
    weight(5),
    analysis(300_000, 200),
    { type: 'approval', approvals: 2 },
    weight(20),
    analysis(600_000, 500),
    weight(50),
    { type: 'pause', durationMs: 600_000 },
    { type: 'approval', approvals: 1 },
    weight(100),
  ],
  standard: () => [
    weight(10),
    analysis(60_000, 100),
    { type: 'approval', approvals: 1 },
    weight(50),
    analysis(120_000, 100),
    weight(100),
  ],
  fast: () => [
    weight(20),
    { type: 'pause', durationMs: 30_000 },
    weight(50),
    { type: 'pause', durationMs: 30_000 },
    weight(100),
  ],
};

/** What a preset is for, in a few words beside its name. */
export const rolloutPresetWords: Record<RolloutPresetName, string> = {
  careful: 'Four small steps, each analysed, with two approvals: for what must not fail',
  standard: 'A tenth, an analysis and one approval, then half: for most changes',
  fast: 'A fifth, half, everything, with short pauses: for changes that are easy to undo',
};

function weight(percent: number): RolloutStep {
  return { type: 'setWeight', weight: percent };
}

function analysis(durationMs: number, minRequests: number): RolloutStep {
  return {
    type: 'analysis',
    durationMs,
    timeoutMs: durationMs + 600_000,
    rule: analysisRuleSchema.parse({ minRequests }),
  };
}
