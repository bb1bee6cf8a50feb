'use client';

import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { parseAsInteger, useQueryState } from 'nuqs';
import { useState } from 'react';
import { AppliedStrip } from '@/features/changes/applied-strip';
import { ConflictNotice } from '@/features/changes/conflict-notice';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { Card } from '@/ui/card';
import { usePermission } from '@/ui/use-permission';
import { OwnedNotice } from './owned-notice';
import { PreviewCard } from './preview-card';
import { previewOf } from './preview-of';
import { ShareChart } from './share-chart';
import { SingleVersion } from './single-version';
import { SplitCard } from './split-card';
import { draftInWords, rebase, stickyDrafted, stickyIssue } from './split-draft';
import classes from './traffic-split-editor.module.css';
import { useSplitDraft } from './use-split-draft';

type SplitView = RouterOutputs['trafficSplits']['get'];

/** The split of a service; of a single version there is nothing to move. */
export function TrafficSplitEditor({ view }: { view: SplitView }) {
  return view.versions.length < 2 ? <SingleVersion view={view} /> : <Editor view={view} />;
}

/** Moves a split, says what that will do, applies it and says what became of it. */
function Editor({ view }: { view: SplitView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { draft, changed, overtaken, edit, discard, settle } = useSplitDraft(view);
  const permission = usePermission();
  const [reason, setReason] = useState('');
  const [applied, setApplied] = useQueryState('applied', parseAsInteger);

  const update = useMutation(
    trpc.trafficSplits.update.mutationOptions({
      onSuccess: async (result, sent) => {
        if (!result.changed) notifications.show({ message: 'The split was already set like this.' });
        void setApplied(result.changed ? result.revision : null);
        // The draft goes when the new split is here, so that the sliders do not jump back to the old one.
        await queryClient.invalidateQueries(trpc.trafficSplits.get.queryFilter({ service: view.service }));
        settle({ baseRevision: result.revision, weights: sent.weights, sticky: sent.sticky ?? null });
        setReason((current) => (current === sent.reason ? '' : current));
      },
      // A conflict or a rollout that has just begun: fetch what is true now, keep what was typed.
      onError: () => void queryClient.invalidateQueries(trpc.trafficSplits.pathFilter()),
    }),
  );

  const readOnly = view.rollout !== null;
  const failure = update.error !== null && !overtaken ? failureOf(update.error) : null;
  const stickyError = failure?.issues.find(({ path }) => path.includes('sticky'))?.message ?? null;
  return (
    <div className={classes.page}>
      {view.rollout !== null && <OwnedNotice rollout={view.rollout} />}
      {overtaken && (
        <ConflictNotice
          what="This split"
          service={view.service}
          kind="TrafficSplit"
          baseRevision={draft.baseRevision}
          kept={draftInWords(draft)}
          onTakeOver={() => {
            update.reset();
            edit((current) => rebase(current, view));
          }}
          onDiscard={() => {
            update.reset();
            discard();
          }}
        />
      )}
      <div className={classes.columns}>
        <Card title="Split between versions" aside="observed over the last minute">
          <SplitCard
            view={view}
            draft={draft}
            readOnly={readOnly}
            stickyError={stickyError}
            onEdit={(change) => {
              // What was refused is being mended.
              if (update.isError) update.reset();
              edit(change);
            }}
          />
        </Card>
        <Card title="What this will do">
          <PreviewCard
            service={view.service}
            preview={previewOf(draft, view)}
            isChanged={changed}
            reason={reason}
            onReason={setReason}
            hint={readOnly ? ownedHint : movableHint}
            blocked={
              permission('editor') ??
              blockedBecause({ readOnly, changed, overtaken, issue: stickyIssue(draft) })
            }
            pending={update.isPending}
            error={stickyError === null ? (failure?.message ?? null) : null}
            onApply={() =>
              update.mutate({
                service: view.service,
                baseRevision: draft.baseRevision,
                weights: [...draft.weights],
                sticky: stickyDrafted(draft),
                reason,
              })
            }
            onDiscard={() => {
              update.reset();
              discard();
            }}
          />
        </Card>
      </div>
      <ShareChart service={view.service} versions={view.versions.map(({ version }) => version)} />
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

const movableHint =
  'Move a slider or type a number to see here what would change, in requests per second and by name.';
const ownedHint = 'While the rollout runs, its steps move this split; nothing can be moved by hand.';

function blockedBecause(state: {
  readOnly: boolean;
  changed: boolean;
  overtaken: boolean;
  issue: string | null;
}): string | null {
  if (state.readOnly) return 'A rollout owns this split.';
  if (state.overtaken) return 'First decide what to do with the other change.';
  if (!state.changed) return 'Nothing has been changed yet.';
  if (state.issue !== null) return state.issue;
  return null;
}
