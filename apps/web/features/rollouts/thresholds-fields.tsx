'use client';

import { NumberInput } from '@mantine/core';
import type { Thresholds } from './rollout-draft';

/** What the candidate is measured by, the same at every analysis. An emptied p95 limit means none. */
export function ThresholdsFields({
  thresholds,
  onChange,
  errorOf,
}: {
  thresholds: Thresholds;
  onChange: (thresholds: Thresholds) => void;
  errorOf: (threshold: string) => string | undefined;
}) {
  return (
    <>
      <NumberInput
        label="Success at least"
        value={thresholds.minSuccessRate}
        onChange={(value) => onChange({ ...thresholds, minSuccessRate: numberOf(value) })}
        error={errorOf('minSuccessRate')}
        suffix={'\u2009%'}
        hideControls
      />
      <NumberInput
        label="Worse than stable by at most"
        value={thresholds.maxSuccessDrop}
        onChange={(value) => onChange({ ...thresholds, maxSuccessDrop: numberOf(value) })}
        error={errorOf('maxSuccessDrop')}
        suffix={thresholds.maxSuccessDrop === 1 ? ' point' : ' points'}
        hideControls
      />
      <NumberInput
        label="p95 at most"
        placeholder="no limit"
        value={thresholds.maxP95Ms ?? ''}
        onChange={(value) => {
          const { maxP95Ms: _, ...others } = thresholds;
          onChange(typeof value === 'number' ? { ...others, maxP95Ms: value } : others);
        }}
        error={errorOf('maxP95Ms')}
        suffix={'\u2009ms'}
        thousandSeparator=","
        hideControls
      />
      <NumberInput
        label="p95 at most, times stable’s"
        value={thresholds.maxP95Ratio}
        onChange={(value) => onChange({ ...thresholds, maxP95Ratio: numberOf(value) })}
        error={errorOf('maxP95Ratio')}
        prefix="× "
        hideControls
      />
    </>
  );
}

function numberOf(value: string | number): number {
  return typeof value === 'number' ? value : Number.NaN;
}
