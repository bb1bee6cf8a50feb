'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type RolloutActionName, rolloutActionNames } from '@tulle/mesh/rollout/spec';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { BlockableButton } from '@/ui/blockable-button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { usePermission } from '@/ui/use-permission';
import { actionWords, mainAction, type Rollout } from './action-words';
import classes from './rollout-actions.module.css';

/** The buttons of the header, in the order of their weight; the last is what a person is most likely here for. */
function headerActions(rollout: Rollout): RolloutActionName[] {
  const paused = rollout.actions.resume.allowed;
  if (rollout.row.phase === 'frozen') return ['pause', 'promote', 'abort', 'goOn'];
  return [paused ? 'resume' : 'pause', 'promote', 'abort', 'reject', 'approve'];
}

/** Those that decide, for the thumb: they stand at the bottom of a phone's screen. */
function thumbActions(rollout: Rollout): RolloutActionName[] {
  const main = mainAction(rollout);
  if (main === 'approve') return ['reject', 'approve'];
  if (rollout.row.phase === 'frozen') return ['abort', 'goOn'];
  return main === null ? [] : ['abort', main];
}

/** Who may do what: moving towards the candidate is decided by approvers, stopping by everyone who edits. */
const needs = {
  approve: 'approver',
  reject: 'approver',
  promote: 'approver',
  goOn: 'approver',
  pause: 'editor',
  resume: 'editor',
  abort: 'editor',
} as const satisfies Record<RolloutActionName, string>;

const endsBadly: readonly RolloutActionName[] = ['abort', 'reject'];

/** All that can be done to a running rollout, each saying what it will do before it does it, or why it cannot. */
export function RolloutActions({ rollout, place }: { rollout: Rollout; place: 'header' | 'thumb' }) {
  const [, setAction] = useAction();
  const permission = usePermission();
  const main = mainAction(rollout);
  const inThumb = thumbActions(rollout);
  const names = place === 'header' ? headerActions(rollout) : inThumb;
  if (names.length === 0) return null;
  return (
    <div className={place === 'header' ? classes.header : classes.thumb}>
      {names.map((name) => {
        const capability = rollout.actions[name];
        const blocked = permission(needs[name]) ?? (capability.allowed ? null : capability.why);
        const { label } = actionWords(name, rollout);
        return (
          <BlockableButton
            key={name}
            className={place === 'header' && inThumb.includes(name) ? classes.wide : undefined}
            blocked={blocked}
            variant={name === main ? 'filled' : 'default'}
            {...(endsBadly.includes(name) && blocked === null ? { c: 'bad' } : {})}
            onClick={() => void setAction(name)}
          >
            {capability.allowed ? label : bareLabel(name)}
          </BlockableButton>
        );
      })}
    </div>
  );
}

/** Says what the chosen action will do, and does it. In the URL, so that a link can ask somebody to approve. */
export function RolloutActionDialog({ rollout }: { rollout: Rollout }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [action, setAction] = useAction();
  const act = useMutation({
    mutationFn: (input: { action: RolloutActionName; comment: string }) =>
      client.rollouts[input.action].mutate({ id: rollout.row.id, comment: input.comment }),
    onSuccess: (after) => {
      queryClient.setQueryData(trpc.rollouts.get.queryKey({ id: rollout.row.id }), after);
      void queryClient.invalidateQueries(trpc.rollouts.pathFilter());
    },
  });
  const allowed = action !== null && rollout.actions[action].allowed;
  const words = actionWords(action ?? 'pause', rollout);
  return (
    <ConfirmDialog
      opened={allowed}
      onClose={() => void setAction(null)}
      title={`${words.label}: ${rollout.row.service} ${rollout.row.stable} → ${rollout.row.candidate}`}
      confirm={words.label}
      tone={words.harmful ? 'bad' : 'accent'}
      comment={words.commentLabel}
      commentRequired={words.commentRequired ?? false}
      onConfirm={async (comment) => {
        if (action !== null) await act.mutateAsync({ action, comment });
      }}
    >
      {words.consequences.map((sentence) => (
        <p key={sentence} className={classes.consequence}>
          {sentence}
        </p>
      ))}
    </ConfirmDialog>
  );
}

function useAction() {
  return useQueryState('action', parseAsStringLiteral(rolloutActionNames));
}

function bareLabel(name: RolloutActionName): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
