import type { RouterOutputs } from '@tulle/api/router-types';
import { Quote } from '@/ui/quote';
import { RelativeTime } from '@/ui/time';
import classes from './access-page.module.css';

type Change = NonNullable<RouterOutputs['access']['list']['byDefault']>['changed'];

/** When, by whom and why a rule was set. */
export function LastChange({ changed }: { changed: Change }) {
  if (changed === null) return null;
  return (
    <span className={classes.dim}>
      <RelativeTime at={changed.at} /> by {changed.author}{' '}
      {changed.reason !== '' && <Quote>{changed.reason}</Quote>}
    </span>
  );
}
