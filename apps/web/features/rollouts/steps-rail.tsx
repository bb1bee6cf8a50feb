import { VisuallyHidden } from '@mantine/core';
import { IconCheck, IconMinus, IconSnowflake, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Rollout } from './action-words';
import classes from './steps-rail.module.css';

type Step = Rollout['steps'][number];

const stateWords: Readonly<Record<Step['state'], string>> = {
  done: 'done',
  now: 'under way',
  next: 'to come',
  failed: 'failed',
  skipped: 'skipped',
};

/** The steps from top to bottom: what was done, where it stands, what is to come. `detail` says more of a step below its name. */
export function StepsRail({
  steps,
  needsPerson,
  frozen,
  detail,
}: {
  steps: readonly Step[];
  /** Whether the present step waits for a person: only then it calls for attention. */
  needsPerson: boolean;
  /** Whether the present step has not begun, as a freeze holds it up. */
  frozen: boolean;
  detail: (step: Step) => ReactNode;
}) {
  return (
    <ol className={classes.rail}>
      {steps.map((step, index) => (
        <li
          // Steps have no identity but their place, and never move once the rollout runs.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={index}
          className={classes.step}
          data-state={step.state}
          data-calls={step.state === 'now' && needsPerson}
          data-frozen={step.state === 'now' && frozen}
          aria-current={step.state === 'now' ? 'step' : undefined}
        >
          <span className={classes.dot}>
            {step.state === 'now' && frozen ? (
              <IconSnowflake size={12} stroke={2} aria-hidden />
            ) : (
              <DotMark state={step.state} />
            )}
            <VisuallyHidden>
              {step.state === 'now' && frozen ? 'frozen' : stateWords[step.state]}:{' '}
            </VisuallyHidden>
          </span>
          <div className={classes.words}>
            <div className={classes.text}>{step.text}</div>
            <div className={classes.detail}>{detail(step)}</div>
          </div>
        </li>
      ))}
    </ol>
  );
}

function DotMark({ state }: { state: Step['state'] }) {
  switch (state) {
    case 'done':
      return <IconCheck size={12} stroke={2.4} aria-hidden />;
    case 'failed':
      return <IconX size={12} stroke={2.4} aria-hidden />;
    case 'skipped':
      return <IconMinus size={12} stroke={2.4} aria-hidden />;
    case 'now':
      return <i className={classes.core} />;
    case 'next':
      return null;
  }
}
