'use client';

import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconUser, IconUserCog } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { signOut } from '@/features/sign-in/auth-client';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { MeshLink } from '../mesh-link';
import { schemeIcons } from './colour-scheme';
import classes from './shell.module.css';

export function PersonMenu() {
  const trpc = useTRPC();
  const me = useQuery(trpc.people.me.queryOptions());
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.person} title={me.data?.email}>
          <IconUser size={16} stroke={1.6} aria-hidden="true" />
          <span>{me.data?.email ?? 'Person'}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <PersonItems />
      </Menu.Dropdown>
    </Menu>
  );
}

/** Who is here, the theme, and the way out. */
export function PersonItems() {
  const trpc = useTRPC();
  const me = useQuery(trpc.people.me.queryOptions());
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      {me.data && <Menu.Label>{`${me.data.name || me.data.email} · ${me.data.role}`}</Menu.Label>}
      {schemeIcons.map(({ scheme, name, icon: Icon }) => (
        <Menu.RadioItem
          key={scheme}
          value={scheme}
          checked={colorScheme === scheme}
          checkIcon="✓"
          rightSection={<Icon size={16} stroke={1.6} />}
          closeMenuOnClick
          onChange={() => setColorScheme(scheme)}
        >
          {name}
        </Menu.RadioItem>
      ))}
      <Menu.Divider />
      <Menu.Item
        component={MeshLink}
        look="plain"
        href={paths.account()}
        leftSection={<IconUserCog size={16} stroke={1.6} />}
      >
        Your account
      </Menu.Item>
      <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={() => void leave()}>
        Sign out
      </Menu.Item>
    </>
  );
}

async function leave(): Promise<void> {
  await signOut();
  // A full load, so that nothing of this person stays in memory.
  window.location.assign(paths.signIn());
}
