'use client';

import { describeAccessChange } from '@tulle/mesh/access-preview';
import { everyone } from '@tulle/mesh/access-rule';
import { ApplyForm, type ApplyFormProps } from '@/features/changes/apply-form';
import { useWindow } from '@/ui/use-view';
import { windowText } from '@/ui/view-state';
import { type AccessDraft, type AccessView, allowOf } from './access-draft';
import classes from './access-preview.module.css';
import { callersWords } from './access-words';

interface AccessPreviewProps extends Omit<ApplyFormProps, 'isChanged'> {
  readonly view: AccessView;
  readonly draft: AccessDraft;
  readonly changed: boolean;
}

/** Says whom the change cuts off and whom it lets in before it does so, and takes the reason. */
export function AccessPreview({ view, draft, changed, ...form }: AccessPreviewProps) {
  return (
    <div className={classes.preview}>
      {changed ? (
        <Consequences view={view} draft={draft} />
      ) : (
        <p className={classes.quiet}>
          Choose who may call to see here, in names and requests per second, who would be refused or let in.
        </p>
      )}
      <ApplyForm {...form} isChanged={changed} />
    </div>
  );
}

function Consequences({ view, draft }: { view: AccessView; draft: AccessDraft }) {
  const { window } = useWindow();
  const next = allowOf(draft);
  const preview = describeAccessChange({
    current: draft.base,
    next,
    byDefault: view.byDefault?.allow ?? null,
    calls: view.isEnforced ? view.callers : [],
    agents: view.agents,
    usualMs: view.usualMs ?? undefined,
  });
  const noticed = preview.cutOff.length + preview.letIn.length;
  return (
    <>
      {next === null && (
        <p className={classes.sentence}>
          The rule is deleted; the default of the mesh holds:{' '}
          {callersWords(view.byDefault?.allow ?? [everyone])}.
        </p>
      )}
      {preview.cutOff.map((sentence) => (
        <p key={sentence} className={classes.warning}>
          {sentence}
        </p>
      ))}
      {preview.letIn.map((sentence) => (
        <p key={sentence} className={classes.sentence}>
          {sentence}
        </p>
      ))}
      {noticed === 0 && (
        <p className={classes.sentence}>
          Nobody who called in the last {windowText(window)} would be refused or let in by it.
        </p>
      )}
      <p className={classes.quiet}>{preview.agentsSentence}</p>
    </>
  );
}
