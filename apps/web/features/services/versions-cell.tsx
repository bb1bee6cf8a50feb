import type { VersionShare } from '@/topology/graph-view';
import { SplitBar } from '@/ui/split-bar';
import classes from './services.module.css';

/** The names of the versions over the shares they get. */
export function VersionsCell({ versions }: { versions: readonly VersionShare[] }) {
  if (versions.length === 0) return <>–</>;
  return (
    <span className={classes.versions}>
      <span className={classes.versionNames}>{versions.map(({ version }) => version).join(', ')}</span>
      {versions.length > 1 && (
        <SplitBar
          size="mini"
          label="Observed"
          shares={versions.map(({ version, observed }) => ({ version, share: observed }))}
        />
      )}
    </span>
  );
}
