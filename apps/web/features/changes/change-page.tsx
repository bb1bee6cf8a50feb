'use client';

import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { Fragment, useRef } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { BlockableButton } from '@/ui/blockable-button';
import { Card } from '@/ui/card';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { MeshLink } from '@/ui/mesh-link';
import { PageHeader } from '@/ui/page-header';
import { BoneLines, ErrorState } from '@/ui/states';
import { RelativeTime } from '@/ui/time';
import { useGo } from '@/ui/url-state';
import { usePermission } from '@/ui/use-permission';
import { useHref, useRefresh } from '@/ui/use-view';
import { ackFigures, ackTroubles } from './ack-words';
import classes from './change-page.module.css';
import { type Change, capitalised, entryTitle, revertWords } from './change-words';

/** One revision: who changed what and why, who has it, and the way back. */
export function ChangePage({ revision }: { revision: number }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.changes.get.queryOptions({ revision }, useRefresh(5_000)));
  const trail = (
    <MeshLink href={paths.changes()} look="plain">
      Changes
    </MeshLink>
  );
  if (data?.revision === revision) return <ChangeDetail change={data} trail={trail} />;
  return (
    <>
      <PageHeader trail={trail} title={`Revision ${revision}`} />
      {error === null ? (
        <ChangeSkeleton />
      ) : (
        <ErrorState
          error={error}
          what={`Revision ${revision}`}
          instead={{ href: paths.changes(), label: 'All changes' }}
          onRetry={() => void refetch()}
        />
      )}
    </>
  );
}

function ChangeSkeleton() {
  return (
    <div className={classes.cards} role="status" aria-label="Loading the revision">
      <Card>
        <dl className={classes.facts}>
          {['Author', 'When', 'Why'].map((name, index) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>
                <BoneLines widths={[180 - 40 * index]} />
              </dd>
            </Fragment>
          ))}
        </dl>
      </Card>
      <Card title="What changed">
        <BoneLines widths={[190, 120, 124]} />
      </Card>
      <Card title="Agents">
        <BoneLines widths={[210]} />
      </Card>
    </div>
  );
}

function ChangeDetail({ change, trail }: { change: Change; trail: React.ReactNode }) {
  const [reverting, setReverting] = useQueryState('revert', parseAsBoolean.withDefault(false));
  const permission = usePermission();
  const troubles = ackTroubles(change.acks);
  return (
    <>
      <PageHeader
        trail={trail}
        title={`Revision ${change.revision}`}
        actions={
          <BlockableButton
            blocked={permission('editor') ?? change.revertBlocked}
            onClick={() => void setReverting(true)}
          >
            Revert…
          </BlockableButton>
        }
      />
      <div className={classes.cards}>
        <Card>
          <dl className={classes.facts}>
            <dt>Author</dt>
            <dd>
              {change.author} <span className={classes.dim}>{sourceWords[change.source]}</span>
            </dd>
            <dt>When</dt>
            <dd>
              <RelativeTime at={change.at} />
            </dd>
            <dt>Why</dt>
            <dd>{change.reason || <span className={classes.dim}>no reason given</span>}</dd>
            {change.rolloutId !== null && (
              <>
                <dt>Rollout</dt>
                <dd>
                  <MeshLink href={paths.rollout(change.rolloutId)}>Open the rollout</MeshLink>
                </dd>
              </>
            )}
          </dl>
        </Card>
        <Card title="What changed">
          {change.entries.map((entry) => (
            <div key={`${entry.kind}/${entry.service}`} className={classes.entry}>
              <h3>
                <MeshLink href={placeOf(entry)}>{capitalised(entryTitle(entry))}</MeshLink>
              </h3>
              <ul className={classes.fields}>
                {entry.fields.map((field) => (
                  <li key={field.path}>{field.sentence}</li>
                ))}
              </ul>
            </div>
          ))}
        </Card>
        <Card title="Agents" aside={ackFigures(change.acks)}>
          {troubles.length === 0 ? (
            <div className={classes.dim}>
              {change.acks.agents === 0
                ? 'No agent held what this changed.'
                : 'Every agent it affects has it.'}
            </div>
          ) : (
            <ul className={classes.fields}>
              {troubles.map((trouble) => (
                <li key={trouble}>{trouble}</li>
              ))}
            </ul>
          )}
        </Card>
      </div>
      <RevertDialog change={change} opened={reverting} onClose={() => void setReverting(null)} />
    </>
  );
}

function placeOf(entry: Change['entries'][number]): string {
  if (entry.kind === 'TrafficSplit') return paths.trafficSplit(entry.service);
  return entry.kind === 'AccessRule' ? paths.accessRule(entry.service) : paths.service(entry.service);
}

const sourceWords: Readonly<Record<Change['source'], string>> = {
  dashboard: 'in the dashboard',
  cli: 'from the command line',
  rollout: 'by a rollout',
  system: 'by the system',
};

function RevertDialog({ change, opened, onClose }: { change: Change; opened: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const go = useGo();
  const hrefOf = useHref();
  const revertedBy = useRef<number>(null);
  const revert = useMutation(
    trpc.changes.revert.mutationOptions({
      onSuccess: (applied) => {
        void queryClient.invalidateQueries(trpc.changes.pathFilter());
        notifications.show({
          message: applied.changed
            ? `Revision ${change.revision} is reverted by revision ${applied.revision}`
            : 'Everything was already as before; no revision was made',
        });
        if (applied.changed) revertedBy.current = applied.revision;
      },
    }),
  );

  /** Leaving closes the dialog too; to close it first in the URL of this page would call the leaving off. */
  function leave() {
    const revision = revertedBy.current;
    revertedBy.current = null;
    if (revision === null) onClose();
    else go(hrefOf(paths.change(revision)));
  }

  return (
    <ConfirmDialog
      opened={opened && change.revertBlocked === null}
      onClose={leave}
      title={`Revert revision ${change.revision}`}
      confirm="Revert"
      comment="Why"
      onConfirm={(reason) => revert.mutateAsync({ revision: change.revision, reason })}
    >
      {revertWords(change).map((sentence) => (
        <p key={sentence} className={classes.sentence}>
          {sentence}
        </p>
      ))}
      <p className={classes.sentence}>It becomes a new revision, which can be reverted too.</p>
    </ConfirmDialog>
  );
}
