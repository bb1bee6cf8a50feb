'use client';

import { ActionIcon, Button, Menu, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconChevronDown,
  IconCircleHalf2,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconSearch,
} from '@tabler/icons-react';
import { useConnection } from '@/trpc/connection';
import { usePast, usePaused, useWindow } from '../use-view';
import { windows, windowText } from '../view-state';
import { schemeIcons } from './colour-scheme';
import { openSearch } from './search';
import classes from './shell.module.css';

export function TopBar() {
  return (
    <header className={classes.top}>
      <UnstyledButton className={classes.search} onClick={openSearch}>
        <IconSearch size={14} stroke={1.6} aria-hidden="true" />
        <span className={classes.searchText}>Search services, pages, actions</span>
        <kbd className={classes.key}>⌘K</kbd>
      </UnstyledButton>
      <span className={classes.space} />
      <Liveness />
      <WindowMenu />
      <ThemeMenu />
    </header>
  );
}

/** Whether what is on the screen moves with the mesh. */
function Liveness() {
  const { at, setAt } = usePast();
  return at === null ? <LiveButton /> : <PastButton onNow={() => setAt(null)} />;
}

function PastButton({ onNow }: { onNow: () => void }) {
  return (
    <Tooltip label="The graph shows the past. Go back to now">
      <UnstyledButton
        className={classes.live}
        data-state="past"
        aria-label="Past, back to now"
        onClick={onNow}
      >
        <i aria-hidden="true" />
        <span>Past</span>
        <IconPlayerSkipForward size={14} stroke={1.6} />
      </UnstyledButton>
    </Tooltip>
  );
}

function LiveButton() {
  const { paused, setPaused } = usePaused();
  const { lost } = useConnection();
  const state = lost ? 'lost' : paused ? 'paused' : 'live';
  const words = { live: 'Live', paused: 'Paused', lost: 'Waiting' }[state];
  return (
    <Tooltip label={paused ? 'Resume showing new data' : 'Keep everything on the screen still'}>
      <UnstyledButton
        className={classes.live}
        data-state={state}
        aria-pressed={paused}
        aria-label={`${words}, ${paused ? 'resume' : 'pause'}`}
        onClick={() => setPaused(!paused)}
      >
        <i aria-hidden="true" />
        <span>{words}</span>
        {paused ? <IconPlayerPlay size={14} stroke={1.6} /> : <IconPlayerPause size={14} stroke={1.6} />}
      </UnstyledButton>
    </Tooltip>
  );
}

function WindowMenu() {
  const { window, setWindow } = useWindow();
  return (
    <Menu width={160}>
      <Menu.Target>
        <Button rightSection={<IconChevronDown size={14} stroke={1.6} />} className={classes.window}>
          <span className={classes.windowPrefix}>Last&nbsp;</span>
          {windowText(window)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {windows.map((each) => (
          <Menu.RadioItem
            key={each}
            value={each}
            checked={each === window}
            checkIcon="✓"
            closeMenuOnClick
            onChange={() => setWindow(each)}
          >
            Last {windowText(each)}
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu width={180}>
      <Menu.Target>
        <ActionIcon aria-label="Theme" className={classes.theme}>
          <IconCircleHalf2 size={16} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
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
      </Menu.Dropdown>
    </Menu>
  );
}
