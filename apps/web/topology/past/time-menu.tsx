'use client';

import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { formatDuration, formatRelative } from '@tulle/mesh/format';
import { useState } from 'react';
import { changeSentence } from '@/features/changes/change-words';
import { useTRPC } from '@/trpc/client';
import { useNow } from '@/ui/clock';
import { ClockTime } from '@/ui/time';
import classes from './past.module.css';

const minuteMs = 60_000;
const ages = [5, 15, 60, 360, 1_440].map((minutes) => minutes * minuteMs);
const mostChanges = 5;

interface TimeMenuProps {
  /** Milliseconds since the epoch; null is now. */
  readonly at: number | null;
  readonly onAt: (at: number | null) => void;
}

/** Of when the graph is: some time ago, or just before somebody changed something. */
export function TimeMenu({ at, onAt }: TimeMenuProps) {
  const trpc = useTRPC();
  const now = useNow();
  const [opened, setOpened] = useState(false);
  const { data } = useQuery(trpc.changes.list.queryOptions({ limit: mostChanges }, { enabled: opened }));
  return (
    <Menu
      position="bottom-start"
      width={340}
      classNames={{ itemLabel: classes.label ?? '' }}
      opened={opened}
      onChange={setOpened}
    >
      <Menu.Target>
        <Button
          rightSection={<IconChevronDown size={14} stroke={1.6} />}
          className={classes.button}
          data-past={at !== null}
        >
          {at === null ? 'Time: now' : <ClockTime at={at} />}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAt(null)}>Now</Menu.Item>
        {ages.map((ageMs) => (
          <Menu.Item key={ageMs} onClick={() => onAt(now - ageMs)}>
            {formatDuration(ageMs)} ago
          </Menu.Item>
        ))}
        {data !== undefined && data.changes.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Label>Before a change</Menu.Label>
            {data.changes.map((change) => (
              <Menu.Item key={change.revision} onClick={() => onAt(change.at)}>
                <span className={classes.change}>
                  r{change.revision} {changeSentence(change)}
                </span>
                <span className={classes.dim}>
                  {formatRelative(change.at, now)} by {change.author}
                </span>
              </Menu.Item>
            ))}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
