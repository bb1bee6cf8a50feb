'use client';

import { Menu, UnstyledButton } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { usePathname } from 'next/navigation';
import { useTRPC } from '@/trpc/client';
import { MeshLink } from '../mesh-link';
import { useRefresh } from '../use-view';
import { Logo } from './logo';
import { type Destination, destinations, isAt } from './navigation';
import { PersonItems, PersonMenu } from './person-menu';
import classes from './shell.module.css';

/** How many fit beside the menu at the bottom of a phone. */
const inBottomBar = 5;

export function SideNavigation() {
  return (
    <nav className={classes.side} aria-label="Pages">
      <div className={classes.logo}>
        <Logo />
        Tulle
      </div>
      {destinations.map((destination) => (
        <Entry key={destination.path} destination={destination} className={classes.entry} />
      ))}
      <PersonMenu />
    </nav>
  );
}

export function BottomBar() {
  const pathname = usePathname();
  const rest = destinations.slice(inBottomBar);
  return (
    <nav className={classes.bottom} aria-label="Pages">
      {destinations.slice(0, inBottomBar).map((destination) => (
        <Entry key={destination.path} destination={destination} className={classes.tab} />
      ))}
      <Menu position="top-end" width={220}>
        <Menu.Target>
          <UnstyledButton className={classes.tab} data-on={rest.some((each) => isAt(pathname, each))}>
            <IconMenu2 size={18} stroke={1.6} />
            Menu
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {rest.map(({ name, path, icon: Icon }) => (
            <Menu.Item
              key={path}
              component={MeshLink}
              look="plain"
              href={path}
              leftSection={<Icon size={16} stroke={1.6} />}
            >
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <PersonItems />
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}

function Entry({ destination, className }: { destination: Destination; className: string | undefined }) {
  const on = isAt(usePathname(), destination);
  const { name, path, icon: Icon } = destination;
  return (
    <MeshLink
      href={path}
      look="plain"
      className={className ?? ''}
      data-on={on}
      {...(on && { 'aria-current': 'page' })}
    >
      <Icon size={16} stroke={1.6} aria-hidden="true" />
      <span>{name}</span>
      {name === 'Rollouts' && <AwaitedPeople />}
    </MeshLink>
  );
}

/** How many rollouts wait for a person. */
function AwaitedPeople() {
  const trpc = useTRPC();
  const rollouts = useQuery(trpc.rollouts.list.queryOptions({ active: true }, useRefresh(30_000)));
  const awaited = rollouts.data?.filter(({ needsPerson }) => needsPerson).length ?? 0;
  if (awaited === 0) return null;
  return (
    <span className={classes.badge}>
      {awaited}
      <span className={classes.hidden}>{awaited === 1 ? ' waits for a person' : ' wait for a person'}</span>
    </span>
  );
}
