'use client';

import { CloseButton } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { formatMs } from '@tulle/mesh/format';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { BlockableButton } from '@/ui/blockable-button';
import { MeshLink } from '@/ui/mesh-link';
import { StatusTag, type Tone } from '@/ui/status-tag';
import { usePermission } from '@/ui/use-permission';
import { type AckStanding, type Acks, ackStanding, ackTroubles } from './ack-words';
import classes from './applied-strip.module.css';

const standingTags: Readonly<Record<AckStanding, { word: string; tone: Tone }>> = {
  applied: { word: 'Applied', tone: 'ok' },
  waiting: { word: 'Applying', tone: 'accent' },
  rejected: { word: 'Rejected', tone: 'bad' },
  nobody: { word: 'Applied', tone: 'ok' },
};

/**
 * What became of a revision, until it is dismissed: on how many agents after how long, who is missing, and the way
 * back. `onUndone` gets the revision that took it back.
 */
export function AppliedStrip({
  revision,
  onUndone,
  onDismiss,
}: {
  revision: number;
  onUndone: (revision: number) => void;
  onDismiss: () => void;
}) {
  const trpc = useTRPC();
  const change = useQuery(
    trpc.changes.get.queryOptions(
      { revision },
      {
        // Events tell of every answer; asking again covers one that was lost.
        refetchInterval: ({ state }) =>
          state.data && ackStanding(state.data.acks) === 'waiting' ? 1_000 : false,
      },
    ),
  );
  const undo = useMutation(
    trpc.changes.revert.mutationOptions({ onSuccess: (applied) => onUndone(applied.revision) }),
  );
  const permission = usePermission();
  const acks = change.data?.acks;
  const { word, tone } = standingTags[acks === undefined ? 'waiting' : ackStanding(acks)];
  return (
    <section className={classes.strip} aria-label="What became of it">
      <div className={classes.line} role="status">
        <StatusTag tone={tone}>{word}</StatusTag>
        <span>
          <MeshLink href={paths.change(revision)}>Revision {revision}</MeshLink>{' '}
          {acks === undefined ? 'is on its way' : <Figures acks={acks} />}
        </span>
      </div>
      <div className={classes.buttons}>
        {change.data && (
          <BlockableButton
            blocked={permission('editor') ?? change.data.revertBlocked}
            variant="subtle"
            color="neutral"
            loading={undo.isPending}
            onClick={() => undo.mutate({ revision, reason: `Undo of revision ${revision}` })}
          >
            Undo
          </BlockableButton>
        )}
        <CloseButton size="sm" aria-label="Dismiss" onClick={onDismiss} />
      </div>
      {acks &&
        ackTroubles(acks).map((trouble) => (
          <p key={trouble} className={classes.trouble}>
            {trouble}
          </p>
        ))}
      {undo.error && (
        <p className={classes.error} role="alert">
          {failureOf(undo.error).message}
        </p>
      )}
    </section>
  );
}

function Figures({ acks }: { acks: Acks }) {
  if (acks.agents === 0) return 'is set; no agent holds this service yet';
  return (
    <>
      is on{' '}
      <b>
        {acks.acked} of {acks.agents}
      </b>{' '}
      agents
      {acks.lastAckMs !== null && (
        <>
          {' '}
          after <b>{formatMs(acks.lastAckMs)}</b>
        </>
      )}
    </>
  );
}
