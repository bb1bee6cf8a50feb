'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { BlockableButton } from '@/ui/blockable-button';
import { Card } from '@/ui/card';
import { CommandLine } from '@/ui/command-line';
import { LinkButton } from '@/ui/link-button';
import { EmptyState } from '@/ui/states';
import { usePermission } from '@/ui/use-permission';
import { ShareChart } from './share-chart';
import classes from './traffic-split-editor.module.css';

type SplitView = RouterOutputs['trafficSplits']['get'];

/** Instead of an editor with nothing to move: what a split would need. */
export function SingleVersion({ view }: { view: SplitView }) {
  const { service, versions } = view;
  const only = versions[0];
  const command = `npx tulle run --service ${service} --service-version ${only?.version === 'v2' ? 'v3' : 'v2'} --port 8080 -- ./start-${service}`;
  return (
    <div className={classes.page}>
      <Card title="Split between versions">
        <EmptyState
          title={
            only === undefined ? 'No version runs' : `All traffic goes to ${only.version}, the only version`
          }
        >
          <p>Start another version beside it, with a join token in its environment:</p>
          <CommandLine text={command} label="command" />
          {only !== undefined && <Newcomer view={view} version={only.version} isSet={only.weight !== null} />}
          <LinkButton href={paths.joinTokens()}>Create a join token</LinkButton>
        </EmptyState>
      </Card>
      <ShareChart service={service} versions={versions.map(({ version }) => version)} />
    </div>
  );
}

/** What a second version would get when it starts; without a split that is traffic at once, which few expect. */
function Newcomer({ view, version, isSet }: { view: SplitView; version: string; isSet: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const permission = usePermission();
  const hold = useMutation(
    trpc.trafficSplits.update.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.trafficSplits.pathFilter()),
    }),
  );
  if (isSet) return <p>It gets no traffic until the split gives it some.</p>;
  const { service, revision: baseRevision } = view;
  return (
    <>
      <p>
        No split is set, so it would share the requests as soon as it starts. To begin with none, hold them on{' '}
        {version} first.
      </p>
      {hold.error !== null && <p role="alert">{failureOf(hold.error).message}</p>}
      <BlockableButton
        variant="filled"
        blocked={permission('editor')}
        loading={hold.isPending}
        onClick={() =>
          hold.mutate({
            service,
            baseRevision,
            weights: [{ version, weight: 100 }],
            reason: `Hold all traffic on ${version}`,
          })
        }
      >
        Hold all traffic on {version}
      </BlockableButton>
    </>
  );
}
