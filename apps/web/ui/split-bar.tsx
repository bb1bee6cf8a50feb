import { formatPercent } from '@tulle/mesh/format';
import { versionColour } from '@/theme/version-colour';
import classes from './split-bar.module.css';

export interface Share {
  readonly version: string;
  /** Percent. */
  readonly share: number;
}

interface SplitBarProps {
  readonly shares: readonly Share[];
  /** All versions of the service, which decide the colours; those of `shares` by default. */
  readonly versions?: readonly string[];
  /** What the bar says, such as "set" or "observed". */
  readonly label: string;
  readonly size?: 'mini' | 'bar';
  readonly faded?: boolean;
}

/** One bar, a part for each version. */
export function SplitBar({ shares, versions, label, size = 'bar', faded = false }: SplitBarProps) {
  const names = versions ?? shares.map(({ version }) => version);
  const words = shares
    .map(({ version, share }) => `${version || 'no version'} ${formatPercent(share)}`)
    .join(', ');
  return (
    <span
      className={classes.bar}
      data-size={size}
      data-faded={faded}
      role="img"
      aria-label={`${label}: ${words}`}
    >
      {shares
        .filter(({ share }) => share > 0)
        .map(({ version, share }) => (
          <i key={version} style={{ flexGrow: share, background: versionColour(names, version) }} />
        ))}
    </span>
  );
}

export interface DesiredAndObserved {
  readonly version: string;
  /** What was set, in percent; null when nothing was. */
  readonly weight: number | null;
  /** What the wire says, in percent. */
  readonly observed: number;
}

/** What was set beside what is observed, always as this pair. */
export function SplitPair({ versions }: { versions: readonly DesiredAndObserved[] }) {
  const names = versions.map(({ version }) => version);
  const isSet = versions.some(({ weight }) => weight !== null);
  return (
    <div className={classes.pair}>
      {isSet && (
        <SplitBar
          label="Set"
          shares={versions.map(({ version, weight }) => ({ version, share: weight ?? 0 }))}
        />
      )}
      <SplitBar
        label="Observed"
        versions={names}
        shares={versions.map(({ version, observed }) => ({ version, share: observed }))}
        faded={isSet}
      />
      <ul className={classes.legend}>
        {versions.map(({ version, weight, observed }) => (
          <li key={version}>
            <VersionName versions={names} version={version} /> {isSet && <>{formatPercent(weight ?? 0)} </>}
            <span className={classes.observed}>observed {formatPercent(observed)}</span>
          </li>
        ))}
      </ul>
      {!isSet && (
        <p className={classes.unset}>No split is set: each request goes to the instance least loaded.</p>
      )}
    </div>
  );
}

/** A version's name beside its colour. */
export function VersionName({ versions, version }: { versions: readonly string[]; version: string }) {
  return (
    <span className={classes.version}>
      <i style={{ background: versionColour(versions, version) }} />
      {version || 'no version'}
    </span>
  );
}
