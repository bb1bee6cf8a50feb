'use client';

import { formatMs } from '@tulle/mesh/format';
import type { Column } from '@/ui/data-table/column';
import { StatusTag } from '@/ui/status-tag';
import { RelativeTime } from '@/ui/time';
import { type Acks, ackStanding } from './ack-words';
import { type Change, changeSentence } from './change-words';
import classes from './changes-page.module.css';

export const changeColumns: readonly Column<Change>[] = [
  {
    key: 'revision',
    header: 'Revision',
    cell: (change) => `r${change.revision}`,
    width: '72px',
    narrow: 'title',
  },
  {
    key: 'what',
    header: 'What changed',
    cell: (change) => changeSentence(change),
    width: 'minmax(180px, 2.4fr)',
  },
  {
    key: 'reason',
    header: 'Why',
    cell: (change) => change.reason !== '' && <bdi className={classes.dim}>{change.reason}</bdi>,
    width: 'minmax(120px, 1.6fr)',
  },
  {
    key: 'author',
    header: 'Author',
    cell: (change) => (
      <>
        {change.author}
        {change.source !== 'dashboard' && change.source !== change.author && (
          <span className={classes.dim}> {change.source}</span>
        )}
      </>
    ),
    width: 'minmax(110px, 1fr)',
  },
  {
    key: 'agents',
    header: 'Agents',
    cell: (change) => <AckCell acks={change.acks} />,
    width: '150px',
    narrow: 'hidden',
  },
  {
    key: 'when',
    header: 'When',
    cell: (change) => (
      <span className={classes.dim}>
        <RelativeTime at={change.at} />
      </span>
    ),
    width: '84px',
    align: 'right',
    narrow: 'aside',
  },
];

function AckCell({ acks }: { acks: Acks }) {
  const standing = ackStanding(acks);
  if (standing === 'nobody') return <span className={classes.dim}>none affected</span>;
  const count = `${acks.acked} of ${acks.agents}`;
  if (standing === 'rejected')
    return (
      <>
        {count} <StatusTag tone="bad">{acks.rejected.length} rejected</StatusTag>
      </>
    );
  if (standing === 'waiting')
    return (
      <>
        {count} <StatusTag tone="warn">{acks.waiting.length} waiting</StatusTag>
      </>
    );
  return (
    <span className={classes.dim}>
      {count}
      {acks.lastAckMs !== null && `, ${formatMs(acks.lastAckMs)}`}
    </span>
  );
}
