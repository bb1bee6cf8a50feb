'use client';

import { Button, Textarea } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import type { SplitPreview } from '@tulle/mesh/split-preview';
import { paths } from '@/paths';
import { BlockableButton } from '@/ui/blockable-button';
import { MeshLink } from '@/ui/mesh-link';
import classes from './preview-card.module.css';

export interface PreviewCardProps {
  readonly service: string;
  readonly preview: SplitPreview;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  /** What stands here while nothing is moved. */
  readonly hint: string;
  /** Why it cannot be applied now, in words; null when it can. */
  readonly blocked: string | null;
  readonly pending: boolean;
  readonly error: string | null;
  readonly onApply: () => void;
  readonly onDiscard: () => void;
}

/** Says what the change will do before it does it, and takes the reason that goes into the history. */
export function PreviewCard(props: PreviewCardProps) {
  const { preview, blocked, pending } = props;
  const apply = () => {
    if (blocked === null && !pending) props.onApply();
  };
  // Also while typing in the fields: applying is what the page is for.
  useHotkeys([['mod+Enter', apply]], []);
  const growing = preview.changes.filter((change) => change.to > change.from);
  const shrinking = preview.changes.filter((change) => change.to < change.from);
  return (
    <div className={classes.preview}>
      {preview.changes.length === 0 ? (
        <p className={classes.quiet}>{props.hint}</p>
      ) : (
        <>
          {growing.map((change) => (
            <Fact key={change.version} title={change.sentence} detail={change.detail} />
          ))}
          {shrinking.length > 0 && (
            <p className={classes.quiet}>{shrinking.map((change) => change.sentence).join(', ')}</p>
          )}
          {preview.perInstance.map((load) => (
            <Fact key={load.version} title={load.sentence} detail={load.detail} />
          ))}
          {preview.warnings.map((warning) => (
            <p key={warning} className={classes.warning}>
              {warning}
            </p>
          ))}
          {preview.warnings.length > 0 && (
            <p className={classes.quiet}>
              <MeshLink href={paths.newRollout(props.service)}>New rollout of {props.service}</MeshLink>
            </p>
          )}
          <p className={classes.quiet}>{preview.agentsSentence}</p>
        </>
      )}
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
          {preview.changes.length > 0 && <Button onClick={props.onDiscard}>Discard</Button>}
          <span className={classes.shortcut} aria-hidden>
            ⌘↵
          </span>
        </div>
      </form>
    </div>
  );
}

function Fact({ title, detail }: { title: string; detail: string }) {
  return (
    <div>
      <div className={classes.title}>{title}</div>
      <div className={classes.quiet}>{detail}</div>
    </div>
  );
}
