'use client';

import { useQuery } from '@tanstack/react-query';
import { describePhase } from '@tulle/mesh/rollout/describe';
import { describeWindow } from '@tulle/mesh/rollout/describe-freeze';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Card } from '@/ui/card';
import { useNow } from '@/ui/clock';
import { MeshLink } from '@/ui/mesh-link';
import { PageHeader } from '@/ui/page-header';
import { Quote } from '@/ui/quote';
import { ErrorState } from '@/ui/states';
import { StatusTag } from '@/ui/status-tag';
import { ClockTime, RelativeTime } from '@/ui/time';
import { useRefresh } from '@/ui/use-view';
import type { Rollout } from './action-words';
import { analysisOutlook } from './analysis-outlook';
import { FreezeNotice } from './freeze-notice';
import { isActive, phaseTone } from './phase-tone';
import { RolloutActionDialog, RolloutActions } from './rollout-actions';
import { RolloutFigures } from './rollout-figures';
import classes from './rollout-page.module.css';
import { RolloutSkeleton } from './rollout-skeleton';
import { StepsRail } from './steps-rail';
import { Timeline } from './timeline';
import { VerdictTable } from './verdict-table';

/** One rollout: where it stands, how the candidate does, what was decided, and what can be done now. */
export function RolloutPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.rollouts.get.queryOptions({ id }, useRefresh(2_000)));
  // While the answer for another one stands in, nothing of it may be decided here.
  if (data?.row.id === id) return <RolloutDetail rollout={data} />;
  if (error === null) return <RolloutSkeleton />;
  return (
    <>
      <PageHeader
        trail={
          <MeshLink href={paths.rollouts()} look="plain">
            Rollouts
          </MeshLink>
        }
        title="Rollout"
      />
      <ErrorState
        error={error}
        what="The rollout"
        instead={{ href: paths.rollouts(), label: 'All rollouts' }}
        onRetry={() => void refetch()}
      />
    </>
  );
}

function RolloutDetail({ rollout }: { rollout: Rollout }) {
  const { row, spec } = rollout;
  const active = isActive(row.phase);
  return (
    <>
      <PageHeader
        trail={
          <>
            <MeshLink href={paths.rollouts()} look="plain">
              Rollouts
            </MeshLink>{' '}
            /{' '}
            <MeshLink href={paths.service(row.service)} look="plain">
              {row.service}
            </MeshLink>
          </>
        }
        title={`${row.service} ${row.stable} → ${row.candidate}`}
        beside={<StatusTag tone={phaseTone[row.phase]}>{describePhase(row.phase)}</StatusTag>}
        actions={active && <RolloutActions rollout={rollout} place="header" />}
      />
      <div className={classes.columns}>
        <div className={classes.rail}>
          <Card title="Steps">
            <StepsRail
              steps={rollout.steps}
              needsPerson={row.needsPerson}
              frozen={row.phase === 'frozen'}
              detail={(step) => <StepDetail step={step} />}
            />
            <p className={classes.started}>
              Started by {row.startedBy} <RelativeTime at={row.startedAt} />{' '}
              {spec.reason !== '' && <Quote>{spec.reason}</Quote>}
            </p>
            <FreezeWindows windows={spec.freezeWindows} />
          </Card>
        </div>
        <div className={classes.facts}>
          <FreezeNotice rollout={rollout} />
          {rollout.outcome !== null && row.phase !== 'frozen' && (
            <Card
              {...(row.phase === 'failed' ? { tone: 'bad' as const } : {})}
              title={describePhase(row.phase)}
            >
              <div className={classes.words}>{rollout.outcome}</div>
            </Card>
          )}
          <RolloutFigures rollout={rollout} />
          <Card title="Verdicts">
            {rollout.verdict === null ? (
              <div className={classes.quiet}>{noVerdict(rollout)}</div>
            ) : (
              <>
                <VerdictTable verdict={rollout.verdict} />
                <Outlook rollout={rollout} />
              </>
            )}
          </Card>
          <Card title="Timeline">
            <Timeline events={rollout.timeline} />
          </Card>
        </div>
      </div>
      {active && <RolloutActions rollout={rollout} place="thumb" />}
      <RolloutActionDialog rollout={rollout} />
    </>
  );
}

/** When it is frozen, so that nobody is surprised on a Friday. */
function FreezeWindows({ windows }: { windows: Rollout['spec']['freezeWindows'] }) {
  return windows.map((window) => {
    const words = describeWindow(window);
    return (
      <p key={words} className={classes.started}>
        Frozen {words}
      </p>
    );
  });
}

function noVerdict({ row, spec }: Rollout): string {
  if (!spec.steps.some(({ type }) => type === 'analysis')) return 'No step is an analysis.';
  return isActive(row.phase) ? 'No analysis has begun yet.' : 'No analysis was made.';
}

/** Few requests make an analysis long; whether it will end well can be known before it does. */
function Outlook({ rollout }: { rollout: Rollout }) {
  const outlook = analysisOutlook(rollout, useNow());
  if (outlook === null) return null;
  return (
    <p className={classes.outlook} data-late={outlook.isLate}>
      {outlook.words}
    </p>
  );
}

function StepDetail({ step }: { step: Rollout['steps'][number] }) {
  return (
    <>
      {step.startedAt !== null && <ClockTime at={step.startedAt} />}
      {step.startedAt !== null && step.note !== '' && ' · '}
      {step.note}
    </>
  );
}
