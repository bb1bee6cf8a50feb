'use client';

import { Tooltip } from '@mantine/core';
import { formatRelative } from '@tulle/mesh/format';
import { useMounted, useNow } from './clock';

const absolute = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

const weekdayAndTime = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

interface TimeProps {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Clocks differ, and a page counts seconds late when it is busy: what has just been is not to come. */
const skewMs = 3_000;

/** `2 h ago`, `in 22 h`; the full time on hover and focus. */
export function RelativeTime({ at }: TimeProps) {
  const now = useNow();
  return (
    <Tooltip label={<AbsoluteText at={at} />} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={new Date(at).toISOString()}>
        {formatRelative(at > now && at - now < skewMs ? now : at, now)}
      </time>
    </Tooltip>
  );
}

/** `14:02` today, `20 Nov, 14:02` before; in the visitor's time zone, so it appears after the first paint. */
export function ClockTime({ at }: TimeProps) {
  const mounted = useMounted();
  const now = useNow();
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return (
    <Tooltip label={<AbsoluteText at={at} />} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={new Date(at).toISOString()}>
        {mounted ? (sameDay ? timeOfDay : dayAndTime).format(at) : '\u2007\u2007:\u2007\u2007'}
      </time>
    </Tooltip>
  );
}

/** `Mon 23 Nov, 09:00`, in the visitor's time zone, so it appears after the first paint. */
export function LocalMoment({ at }: TimeProps) {
  const mounted = useMounted();
  return <time dateTime={new Date(at).toISOString()}>{mounted ? weekdayAndTime.format(at) : '\u2007'}</time>;
}

function AbsoluteText({ at }: TimeProps) {
  return <>{absolute.format(at)}</>;
}
