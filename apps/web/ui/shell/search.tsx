'use client';

import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import {
  IconCircleHalf2,
  IconPlayerPause,
  IconPlayerPlay,
  IconSearch,
  IconStairsUp,
} from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { formatPercent, formatRate } from '@tulle/mesh/format';
import { useState } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { HealthDot } from '../status-tag';
import { useGo } from '../url-state';
import { useHref, usePaused, useWindow } from '../use-view';
import { destinations } from './navigation';
import classes from './search.module.css';

export const openSearch = spotlight.open;

/** ⌘K: services, pages and actions. */
export function Search() {
  const trpc = useTRPC();
  const go = useGo();
  const hrefOf = useHref();
  const { windowMs } = useWindow();
  const { paused, setPaused } = usePaused();
  const { toggleColorScheme } = useMantineColorScheme();
  // Asked once somebody means to search. A query that merely waits would already be in the cache when a page
  // hydrates, which then would not take its own data from the server.
  const [opened, setOpened] = useState(false);
  const wanted = opened ? [windowMs] : [];
  const [services] = useQueries({
    queries: wanted.map((each) => trpc.services.list.queryOptions({ windowMs: each })),
  });
  const to = (path: string) => () => go(hrefOf(path));

  const actions: SpotlightActionGroupData[] = [
    {
      group: 'Services',
      actions: (services?.data ?? []).map(({ service, health, traffic }) => ({
        id: `service-${service}`,
        label: service,
        description: `${formatRate(traffic.rate)} · ${formatPercent(traffic.successRate)} success`,
        leftSection: <HealthDot health={health} />,
        onClick: to(paths.service(service)),
      })),
    },
    {
      group: 'Pages',
      actions: destinations.map(({ name, path, icon: Icon }) => ({
        id: `page-${path}`,
        label: name,
        leftSection: <Icon size={16} stroke={1.6} />,
        onClick: to(path),
      })),
    },
    {
      group: 'Actions',
      actions: [
        {
          id: 'pause',
          label: paused ? 'Resume live data' : 'Pause live data',
          leftSection: paused ? (
            <IconPlayerPlay size={16} stroke={1.6} />
          ) : (
            <IconPlayerPause size={16} stroke={1.6} />
          ),
          onClick: () => setPaused(!paused),
        },
        {
          id: 'theme',
          label: 'Switch between dark and light',
          leftSection: <IconCircleHalf2 size={16} stroke={1.6} />,
          onClick: toggleColorScheme,
        },
        {
          id: 'new-rollout',
          label: 'Start a rollout',
          leftSection: <IconStairsUp size={16} stroke={1.6} />,
          onClick: to(paths.newRollout()),
        },
      ],
    },
  ];

  return (
    <Spotlight
      actions={actions}
      shortcut={['mod + K', '/']}
      limit={12}
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
      transitionProps={{ duration: 100 }}
      classNames={{ action: classes.action, actionsGroup: classes.group }}
      nothingFound={services?.isPending ? 'Looking for services' : 'Nothing is called that'}
      onSpotlightOpen={() => setOpened(true)}
      searchProps={{
        leftSection: <IconSearch size={16} stroke={1.6} />,
        placeholder: 'Search services, pages, actions',
        'aria-label': 'Search services, pages, actions',
      }}
    />
  );
}
