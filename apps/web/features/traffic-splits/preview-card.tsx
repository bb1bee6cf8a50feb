'use client';

import type { SplitPreview } from '@tulle/mesh/split-preview';
import { ApplyForm, type ApplyFormProps } from '@/features/changes/apply-form';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import classes from './preview-card.module.css';

interface PreviewCardProps extends ApplyFormProps {
  readonly service: string;
  readonly preview: SplitPreview;
  /** What stands here while nothing is moved. */
  readonly hint: string;
}

/** Says what the change will do before it does it, and takes the reason that goes into the history. */
export function PreviewCard(props: PreviewCardProps) {
  const { preview, isChanged } = props;
  const growing = preview.changes.filter((change) => change.to > change.from);
  const shrinking = preview.changes.filter((change) => change.to < change.from);
  return (
    <div className={classes.preview}>
      {!isChanged ? (
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
          {preview.callers.map((sentence) => (
            <p key={sentence} className={classes.callers}>
              {sentence}
            </p>
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
      <ApplyForm {...props} />
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
