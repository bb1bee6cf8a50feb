'use client';

import { Button, Textarea } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { BlockableButton } from '@/ui/blockable-button';
import classes from './apply-form.module.css';

export interface ApplyFormProps {
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  /** Whether there is anything to discard. */
  readonly isChanged: boolean;
  /** Why it cannot be applied now, in words; null when it can. */
  readonly blocked: string | null;
  readonly pending: boolean;
  readonly error: string | null;
  readonly onApply: () => void;
  readonly onDiscard: () => void;
}

/** Takes the reason that goes into the history, and applies a change or drops it. */
export function ApplyForm(props: ApplyFormProps) {
  const { blocked, pending, isChanged } = props;
  const apply = () => {
    if (blocked === null && !pending) props.onApply();
  };
  // Also while typing in the fields: applying is what the page is for.
  useHotkeys([['mod+Enter', apply]], []);
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <Textarea
        label="Why"
        value={props.reason}
        onChange={(event) => props.onReason(event.currentTarget.value)}
        maxLength={500}
        autosize
        minRows={2}
        maxRows={6}
      />
      {props.error !== null && (
        <p className={classes.error} role="alert">
          {props.error}
        </p>
      )}
      <div className={classes.buttons}>
        <BlockableButton variant="filled" blocked={blocked} loading={pending} onClick={apply}>
          Apply
        </BlockableButton>
        {isChanged && <Button onClick={props.onDiscard}>Discard</Button>}
        <span className={classes.shortcut} aria-hidden>
          ⌘↵
        </span>
      </div>
    </form>
  );
}
