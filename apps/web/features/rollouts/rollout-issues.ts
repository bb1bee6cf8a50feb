import { type RolloutSpec, rolloutSpecSchema } from '@tulle/mesh/rollout/spec';
import { type DraftWindow, freezeWindowOf } from './freeze-draft';
import type { DraftStep } from './rollout-draft';

/** What the form of a new rollout holds; empty names are not chosen yet. */
export interface RolloutValues {
  readonly service: string;
  readonly stable: string;
  readonly candidate: string;
  readonly steps: readonly DraftStep[];
  readonly reason: string;
  readonly freezeWindows: readonly DraftWindow[];
}

export function specOf(values: RolloutValues): RolloutSpec {
  return {
    ...values,
    steps: values.steps.map(({ step }) => step),
    freezeWindows: values.freezeWindows.map(freezeWindowOf),
  };
}

/** Errors by field, such as `candidate`, `steps` or `steps.2.weight`; empty when the rollout can be asked for. */
export function rolloutIssues(values: RolloutValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const field of ['service', 'stable', 'candidate'] as const)
    if (!values[field]) errors[field] = `Choose a ${field === 'service' ? 'service' : 'version'}.`;
  const parsed = rolloutSpecSchema.safeParse(specOf(values));
  if (parsed.success) return errors;
  for (const issue of parsed.error.issues) {
    const field = issue.path.join('.');
    if (errors[field] !== undefined) continue;
    errors[field] = issue.code === 'invalid_type' ? notUnderstood(field) : sentence(issue.message);
  }
  return errors;
}

function notUnderstood(field: string): string {
  return field.endsWith('Ms') && !field.endsWith('P95Ms')
    ? 'Write a length of time, such as 90 s or 10 min.'
    : 'Write a number.';
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
}

/** The error of a threshold: all analyses have the same, so the first is said once. */
export function thresholdError(
  errors: Readonly<Record<string, unknown>>,
  threshold: string,
): string | undefined {
  const found = Object.entries(errors).find(([field]) => field.endsWith(`.rule.${threshold}`));
  return typeof found?.[1] === 'string' ? found[1] : undefined;
}
