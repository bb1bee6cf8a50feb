'use client';

import { Button } from '@mantine/core';
import type { RouterOutputs } from '@tulle/api/router-types';
import { countOf, formatMs } from '@tulle/mesh/format';
import { weightOf } from '@tulle/mesh/weights';
import type { ReactNode } from 'react';
import { versionColour } from '@/theme/version-colour';
import { SplitBar } from '@/ui/split-bar';
import classes from './split-card.module.css';
import {
  addVersion,
  heldBecause,
  mostFor,
  moveWeight,
  type SplitDraft,
  stickyIssue,
  toggleLock,
  versionsOutside,
  weightsInForce,
} from './split-draft';
import { StickyEditor } from './sticky-editor';
import { VersionRow } from './version-row';

type SplitView = RouterOutputs['trafficSplits']['get'];

/** A row to move for each version, and the split as it is, as it will be, and as the wire has it. */
export function SplitCard({
  view,
  draft,
  readOnly,
  stickyError,
  onEdit,
}: {
  view: SplitView;
  draft: SplitDraft;
  readOnly: boolean;
  /** What the server refused, in words. */
  stickyError: string | null;
  onEdit: (change: (draft: SplitDraft) => SplitDraft) => void;
}) {
  const names = [...new Set([...view.versions, ...draft.weights].map(({ version }) => version))];
  const known = (version: string) => view.versions.find((entry) => entry.version === version);
  const asShares = (weights: SplitDraft['weights']) =>
    weights.map(({ version, weight }) => ({ version, share: weight }));
  return (
    <>
      {draft.weights.map(({ version }) => (
        <VersionRow
          key={version}
          version={version}
          color={versionColour(names, version)}
          facts={<Facts version={known(version)} />}
          weight={weightOf(draft.weights, version)}
          observed={known(version)?.observed ?? 0}
          most={mostFor(draft, version)}
          locked={draft.locked.includes(version)}
          held={heldBecause(draft, version)}
          readOnly={readOnly}
          onMove={(weight) => onEdit((current) => moveWeight(current, version, weight))}
          onToggleLock={() => onEdit((current) => toggleLock(current, version))}
        />
      ))}
      {versionsOutside(draft, view.versions).map((version) => (
        <div key={version} className={classes.outside}>
          <div>
            <span className={classes.version}>{version}</span>{' '}
            <span className={classes.dim}>
              {countOf(known(version)?.instances ?? 0, 'instance')}, not in the split: no traffic
            </span>
          </div>
          {!readOnly && (
            <Button onClick={() => onEdit((current) => addVersion(current, version))}>Add {version}</Button>
          )}
        </div>
      ))}
      <dl className={classes.bars}>
        <Bar name="Now">
          <SplitBar label="Now" versions={names} shares={asShares(weightsInForce(view.versions))} />
        </Bar>
        <Bar name="After">
          <SplitBar label="After" versions={names} shares={asShares(draft.weights)} />
        </Bar>
        <Bar name="Observed">
          <SplitBar
            label="Observed"
            versions={names}
            shares={view.versions.map(({ version, observed }) => ({ version, share: observed }))}
          />
        </Bar>
      </dl>
      <StickyEditor
        fields={draft.sticky}
        now={view.sticky}
        issue={stickyIssue(draft)}
        error={stickyError}
        readOnly={readOnly}
        onChange={(sticky) => onEdit((current) => ({ ...current, sticky }))}
      />
    </>
  );
}

function Bar({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd data-observed={name === 'Observed'}>{children}</dd>
    </>
  );
}

function Facts({ version }: { version: SplitView['versions'][number] | undefined }) {
  if (version === undefined || version.instances === 0)
    return <span className={classes.missing}>no running instance</span>;
  const p95 = version.traffic.p95 === null ? '' : ` · p95 ${formatMs(version.traffic.p95)}`;
  return `${countOf(version.instances, 'instance')}${p95}`;
}
