import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import { Quote } from '@/ui/quote';
import { ClockTime } from '@/ui/time';
import type { Rollout } from './action-words';
import classes from './timeline.module.css';

/** Who did what and why, the newest first. */
export function Timeline({ events }: { events: Rollout['timeline'] }) {
  const newestFirst = [...events].sort((a, b) => b.at - a.at);
  return (
    <ol className={classes.timeline}>
      {newestFirst.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: counted from the oldest, since events are only ever added
        <li key={`${event.at}-${newestFirst.length - index}`} className={classes.event}>
          <span className={classes.at}>
            <ClockTime at={event.at} />
          </span>
          <span className={classes.words}>
            {event.actor !== null && <b>{event.actor} </b>}
            {event.text}
            {event.comment !== null && event.comment !== '' && (
              <span className={classes.aside}>
                {' '}
                <Quote>{event.comment}</Quote>
              </span>
            )}
            {event.revision !== null && (
              <span className={classes.aside}>
                {' '}
                <MeshLink href={paths.change(event.revision)}>revision {event.revision}</MeshLink>
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
