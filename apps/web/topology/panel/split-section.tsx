import { SplitPair } from '@/ui/split-bar';
import type { VersionShare } from '../graph-view';
import classes from './panel.module.css';

/** The split of the service that answers, as set and as observed. */
export function SplitSection({ service, versions }: { service: string; versions: readonly VersionShare[] }) {
  if (versions.length < 2) return null;
  return (
    <section>
      <h3>
        Split <span className={classes.of}>{service}</span>
      </h3>
      <SplitPair versions={versions} />
    </section>
  );
}
