'use client';

import { SegmentedControl } from '@mantine/core';
import {
  type RolloutPresetName,
  rolloutPresetNames,
  rolloutPresets,
  rolloutPresetWords,
} from '@tulle/mesh/rollout/presets';
import type { RolloutStep } from '@tulle/mesh/rollout/spec';
import classes from './preset-picker.module.css';
import type { DraftStep } from './rollout-draft';

const labels: Readonly<Record<RolloutPresetName, string>> = {
  careful: 'Careful',
  standard: 'Standard',
  fast: 'Fast',
};

/** Starting points; once a step is edited, none of them is chosen any more. */
export function PresetPicker({
  steps,
  onPick,
}: {
  steps: readonly DraftStep[];
  onPick: (steps: RolloutStep[]) => void;
}) {
  const chosen = presetOf(steps);
  return (
    <div className={classes.picker}>
      <SegmentedControl
        size="xs"
        aria-label="Preset"
        data={[
          ...rolloutPresetNames.map((name) => ({ value: name, label: labels[name] })),
          { value: 'own', label: 'Own', disabled: chosen !== 'own' },
        ]}
        value={chosen}
        onChange={(name) => {
          const preset = rolloutPresetNames.find((each) => each === name);
          if (preset !== undefined) onPick(rolloutPresets[preset]());
        }}
      />
      <div className={classes.words}>
        {chosen === 'own' ? 'Your own steps; choosing a preset replaces them' : rolloutPresetWords[chosen]}
      </div>
    </div>
  );
}

function presetOf(steps: readonly DraftStep[]): RolloutPresetName | 'own' {
  const now = JSON.stringify(steps.map(({ step }) => step));
  return rolloutPresetNames.find((name) => JSON.stringify(rolloutPresets[name]()) === now) ?? 'own';
}
