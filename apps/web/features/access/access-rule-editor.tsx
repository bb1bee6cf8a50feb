'use client';

import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { everyone } from '@tulle/mesh/access-rule';
import { parseAsInteger, useQueryState } from 'nuqs';
import { useState } from 'react';
import { AppliedStrip } from '@/features/changes/applied-strip';
import { ConflictNotice } from '@/features/changes/conflict-notice';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { Card } from '@/ui/card';
import { usePermission } from '@/ui/use-permission';
import { useWindow } from '@/ui/use-view';
import { windowText } from '@/ui/view-state';
import { type AccessDraft, type AccessView, allowOf, namesIssue, rebase } from './access-draft';
import { AccessPreview } from './access-preview';
import classes from './access-rule-editor.module.css';
import { AccessRuleFields } from './access-rule-fields';
import { callersWords } from './access-words';
import { ObservedCallers } from './observed-callers';
import { useAccessDraft } from './use-access-draft';

/** Chooses who may call, says what that will do, applies it and says what became of it. */
export function AccessRuleEditor({ view }: { view: AccessView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { window } = useWindow();
  const { draft, changed, overtaken, edit, discard, settle } = useAccessDraft(view);
  const permission = usePermission();
  const [reason, setReason] = useState('');
  const [applied, setApplied] = useQueryState('applied', parseAsInteger);

  const update = useMutation(
    trpc.access.update.mutationOptions({
      onSuccess: async (result, sent) => {
        if (!result.changed) notifications.show({ message: 'Access was already set like this.' });
        void setApplied(result.changed ? result.revision : null);
        // The draft goes when the new rule is here, so that the choice does not jump back to the old one.
        await queryClient.invalidateQueries(trpc.access.get.queryFilter({ service: view.service }));
        settle({ baseRevision: result.revision, allow: sent.allow });
        setReason((current) => (current === sent.reason ? '' : current));
      },
      // A conflict: fetch what is true now, keep what was typed.
      onError: () => void queryClient.invalidateQueries(trpc.access.pathFilter()),
    }),
  );

  function startAnew() {
    update.reset();
    discard();
  }

  return (
    <div className={classes.page}>
      {!view.isEnforced && (
        <Card tone="warn" title="No agent stands before this service">
          Its endpoints are called as they are, so that no rule refuses anybody. Run it with an agent to have
          it guarded.
        </Card>
      )}
      {overtaken && (
        <ConflictNotice
          what={view.service === everyone ? 'The default' : 'This rule'}
          service={view.service}
          kind="AccessRule"
          baseRevision={draft.baseRevision}
          kept={keptWords(draft)}
          onTakeOver={() => {
            update.reset();
            edit((current) => rebase(current, view));
          }}
          onDiscard={startAnew}
        />
      )}
      <div className={classes.columns}>
        <div className={classes.main}>
          <Card
            title={
              view.service === everyone ? 'Services without a rule may be called by' : 'May be called by'
            }
          >
            <AccessRuleFields view={view} draft={draft} onEdit={edit} />
          </Card>
          <Card
            title={view.service === everyone ? 'Calls to these services' : 'Called by'}
            aside={`observed over the last ${windowText(window)}`}
          >
            <ObservedCallers view={view} draft={draft} onEdit={edit} />
          </Card>
        </div>
        <Card title="What this will do">
          <AccessPreview
            view={view}
            draft={draft}
            changed={changed}
            reason={reason}
            onReason={setReason}
            blocked={permission('editor') ?? blockedBecause({ draft, changed, overtaken })}
            pending={update.isPending}
            error={update.error !== null && !overtaken ? failureOf(update.error).message : null}
            onApply={() =>
              update.mutate({
                service: view.service,
                baseRevision: draft.baseRevision,
                allow: allowOf(draft)?.slice() ?? null,
                reason,
              })
            }
            onDiscard={startAnew}
          />
        </Card>
      </div>
      {applied !== null && (
        <AppliedStrip
          key={applied}
          revision={applied}
          onUndone={(revision) => void setApplied(revision)}
          onDismiss={() => void setApplied(null)}
        />
      )}
    </div>
  );
}

function keptWords(draft: AccessDraft): string {
  const allow = allowOf(draft);
  return allow === null ? 'the default of the mesh' : callersWords(allow);
}

function blockedBecause(state: { draft: AccessDraft; changed: boolean; overtaken: boolean }): string | null {
  const { choice, names } = state.draft;
  if (state.overtaken) return 'Decide first what becomes of the other change.';
  if (choice === 'some' && names.length === 0) return 'Name a service, or choose nobody.';
  if (choice === 'some' && namesIssue(names) !== null) return 'One of the names is not right.';
  if (!state.changed) return 'Nothing is changed yet.';
  return null;
}
