'use client';

import { NumberInput, Select } from '@mantine/core';
import type { RolloutStep } from '@tulle/mesh/rollout/spec';
import { DurationInput } from './duration-input';

type StepOf<T extends RolloutStep['type']> = Extract<RolloutStep, { type: T }>;

/** The fields of one step; `errorOf` gives the error of a field such as `weight`. */
export function StepFields({
  step,
  onChange,
  errorOf,
}: {
  step: RolloutStep;
  onChange: (step: RolloutStep) => void;
  errorOf: (field: string) => string | undefined;
}) {
  switch (step.type) {
    case 'setWeight':
      return (
        <NumberInput
          label="Candidate gets"
          value={step.weight}
          onChange={(value) => onChange({ ...step, weight: numberOf(value) })}
          error={errorOf('weight')}
          decimalScale={2}
          suffix={'\u2009%'}
          hideControls
          w={120}
        />
      );
    case 'pause':
      return <PauseFields step={step} onChange={onChange} error={errorOf('durationMs')} />;
    case 'approval':
      return (
        <NumberInput
          label="People who must approve"
          value={step.approvals}
          onChange={(value) => onChange({ ...step, approvals: numberOf(value) })}
          error={errorOf('approvals')}
          min={1}
          max={10}
          allowDecimal={false}
          w={180}
        />
      );
    case 'analysis':
      return <AnalysisFields step={step} onChange={onChange} errorOf={errorOf} />;
  }
}

function PauseFields({
  step,
  onChange,
  error,
}: {
  step: StepOf<'pause'>;
  onChange: (step: RolloutStep) => void;
  error: string | undefined;
}) {
  return (
    <>
      <Select
        label="Waits"
        data={[
          { value: 'time', label: 'for a time' },
          { value: 'resume', label: 'until somebody resumes' },
        ]}
        value={step.durationMs === undefined ? 'resume' : 'time'}
        onChange={(value) =>
          onChange(value === 'time' ? { type: 'pause', durationMs: 300_000 } : { type: 'pause' })
        }
        allowDeselect={false}
        w={200}
      />
      {step.durationMs !== undefined && (
        <DurationInput
          label="Length"
          valueMs={step.durationMs}
          onChange={(durationMs) => onChange({ type: 'pause', durationMs })}
          error={error}
        />
      )}
    </>
  );
}

function AnalysisFields({
  step,
  onChange,
  errorOf,
}: {
  step: StepOf<'analysis'>;
  onChange: (step: RolloutStep) => void;
  errorOf: (field: string) => string | undefined;
}) {
  return (
    <>
      <DurationInput
        label="Looks for"
        valueMs={step.durationMs}
        onChange={(durationMs) => onChange({ ...step, durationMs })}
        error={errorOf('durationMs')}
      />
      <NumberInput
        label="Requests needed"
        value={step.rule.minRequests}
        onChange={(value) => onChange({ ...step, rule: { ...step.rule, minRequests: numberOf(value) } })}
        error={errorOf('rule.minRequests')}
        allowDecimal={false}
        thousandSeparator=","
        hideControls
        w={130}
      />
      <DurationInput
        label="Gives up after"
        valueMs={step.timeoutMs}
        onChange={(timeoutMs) => onChange({ ...step, timeoutMs })}
        error={errorOf('timeoutMs')}
      />
    </>
  );
}

/** An emptied field is no number: the form says so when it is sent. */
function numberOf(value: string | number): number {
  return typeof value === 'number' ? value : Number.NaN;
}
