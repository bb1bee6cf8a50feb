'use client';

import { Button } from '@mantine/core';
import type { RolloutPhase } from '@tulle/mesh/rollout/spec';
import Link from 'next/link';
import { paths } from '@/paths';
import { useHref } from '@/ui/use-view';
import classes from './panel.module.css';

interface PanelActionsProps {
  readonly service: string;
  readonly canSplit: boolean;
  readonly rollout: { readonly id: string; readonly phase: RolloutPhase } | null;
}

/** Where to go from here; the split comes first, unless a rollout owns it. */
export function PanelActions({ service, canSplit, rollout }: PanelActionsProps) {
  const hrefOf = useHref();
  return (
    <footer className={classes.actions}>
      {canSplit && (
        <Button
          component={Link}
          href={hrefOf(paths.trafficSplit(service))}
          variant={rollout ? 'default' : 'filled'}
        >
          Edit split
        </Button>
      )}
      {rollout && (
        <Button component={Link} href={hrefOf(paths.rollout(rollout.id))} variant="filled">
          Open rollout
        </Button>
      )}
      <Button component={Link} href={hrefOf(paths.service(service))}>
        Open service
      </Button>
    </footer>
  );
}
