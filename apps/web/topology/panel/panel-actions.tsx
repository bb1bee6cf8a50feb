'use client';

import type { RolloutPhase } from '@tulle/mesh/rollout/spec';
import { paths } from '@/paths';
import { LinkButton } from '@/ui/link-button';
import classes from './panel.module.css';

interface PanelActionsProps {
  readonly service: string;
  readonly canSplit: boolean;
  readonly rollout: { readonly id: string; readonly phase: RolloutPhase } | null;
}

/** Where to go from here; the split comes first, unless a rollout owns it. */
export function PanelActions({ service, canSplit, rollout }: PanelActionsProps) {
  return (
    <footer className={classes.actions}>
      {canSplit && (
        <LinkButton href={paths.trafficSplit(service)} variant={rollout ? 'default' : 'filled'}>
          Edit split
        </LinkButton>
      )}
      {rollout && (
        <LinkButton href={paths.rollout(rollout.id)} variant="filled">
          Open rollout
        </LinkButton>
      )}
      <LinkButton href={paths.service(service)}>Open service</LinkButton>
    </footer>
  );
}
