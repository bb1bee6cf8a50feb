'use client';

import { ActionIcon, NumberInput, Slider, VisuallyHidden } from '@mantine/core';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { formatPercent } from '@tulle/mesh/format';
import { type ReactNode, useState } from 'react';
import classes from './version-row.module.css';

export interface VersionRowProps {
  readonly version: string;
  /** A CSS colour: the version's own. */
  readonly color: string;
  /** Instances and latency, in one line. */
  readonly facts: ReactNode;
  readonly weight: number;
  /** What the wire says, in percent. */
  readonly observed: number;
  /** The most it can have beside what is locked, in percent. */
  readonly most: number;
  readonly locked: boolean;
  /** Why it cannot be moved, in words; null when it can. */
  readonly held: string | null;
  /** Nothing of the split may be edited now. */
  readonly readOnly: boolean;
  readonly onMove: (weight: number) => void;
  readonly onToggleLock: () => void;
}

/** One version of a split: name, slider, number and lock, which move together. */
export function VersionRow(props: VersionRowProps) {
  const { version, color, weight, observed, most, locked, held, readOnly } = props;
  // What is being typed may not be a number yet; the weight itself always is.
  const [typed, setTyped] = useState<number | string | null>(null);
  const fixed = readOnly || held !== null;
  const heldId = `held-${version}`;
  return (
    <fieldset className={classes.row} aria-label={`Version ${version}`}>
      <div className={classes.name}>
        <div className={classes.title}>
          <i className={classes.swatch} style={{ background: color }} />
          <span className={classes.version} title={version}>
            {version}
          </span>
        </div>
        <div className={classes.facts}>
          {/* That a version is locked shows at its lock; why an unlocked one does not move has to be said. */}
          {held === null || locked || readOnly ? props.facts : held}
        </div>
      </div>
      <Slider
        className={classes.slider ?? ''}
        classNames={{ track: classes.track ?? '', bar: classes.bar ?? '', thumb: classes.thumb ?? '' }}
        style={{ '--version': color }}
        value={weight}
        onChange={props.onMove}
        step={1}
        label={null}
        thumbLabel={`Weight of ${version}`}
        thumbValueText={formatPercent(weight)}
        disabled={fixed}
      />
      <NumberInput
        className={classes.number ?? ''}
        aria-label={`Weight of ${version} in percent`}
        aria-describedby={held === null ? undefined : heldId}
        value={typed ?? weight}
        onChange={(value) => {
          setTyped(value);
          if (typeof value === 'number') props.onMove(value);
        }}
        onBlur={() => setTyped(null)}
        min={0}
        max={most}
        decimalScale={2}
        allowNegative={false}
        hideControls
        rightSection={<span className={classes.unit}>%</span>}
        disabled={fixed}
      />
      <div className={classes.observed}>
        <span>{formatPercent(observed)}</span> observed
      </div>
      <ActionIcon
        className={classes.lock}
        aria-label={`Lock the weight of ${version}`}
        aria-pressed={locked}
        title={locked ? 'Unlock' : 'Lock: the others share what moves'}
        onClick={props.onToggleLock}
        disabled={readOnly}
      >
        {locked ? <IconLock size={16} stroke={1.6} /> : <IconLockOpen size={16} stroke={1.6} />}
      </ActionIcon>
      {held !== null && <VisuallyHidden id={heldId}>{held}</VisuallyHidden>}
    </fieldset>
  );
}
