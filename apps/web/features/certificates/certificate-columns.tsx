'use client';

import { useNow } from '@/ui/clock';
import type { Column } from '@/ui/data-table/column';
import { MonoId } from '@/ui/mono-id';
import { StatusTag, type Tone } from '@/ui/status-tag';
import { RelativeTime } from '@/ui/time';
import classes from './certificate-columns.module.css';
import { colonHex, lifeLeft, shortHex } from './certificate-life';
import type { Certificate } from './revoke-words';

export const stateTones: Readonly<Record<Certificate['state'], Tone>> = {
  valid: 'plain',
  renewing: 'quiet',
  expiring: 'warn',
  expired: 'bad',
  revoked: 'quiet',
};

/** Everything a certificate says; what can be done with it follows in the table. */
export const certificateColumns: readonly Column<Certificate>[] = [
  {
    key: 'instance',
    header: 'Instance',
    cell: (row) => <span className={classes.mono}>{row.instance}</span>,
    width: 'minmax(120px, 1.3fr)',
    sortBy: (row) => row.instance,
    narrow: 'title',
  },
  {
    key: 'spiffe',
    header: 'SPIFFE ID',
    cell: (row) => <MonoId id={row.spiffeId} label="SPIFFE ID" />,
    width: 'minmax(140px, 2.7fr)',
    sortBy: (row) => row.spiffeId,
    interactive: true,
    narrow: 'hidden',
  },
  {
    key: 'serial',
    header: 'Serial',
    cell: (row) => <MonoId id={colonHex(row.serial)} text={shortHex(row.serial)} label="serial" />,
    width: '96px',
    interactive: true,
  },
  {
    key: 'issued',
    header: 'Issued',
    cell: (row) => (
      <span className={classes.dim}>
        <RelativeTime at={row.issuedAt} />
      </span>
    ),
    width: '74px',
    sortBy: (row) => row.issuedAt,
    narrow: 'hidden',
  },
  {
    key: 'expires',
    header: 'Expires',
    cell: (row) => <Expiry row={row} />,
    width: '150px',
    sortBy: (row) => row.notAfter,
  },
  {
    key: 'renews',
    header: 'Renews',
    cell: (row) => <NextRenewal row={row} />,
    width: '74px',
    sortBy: (row) => row.renewsAt,
    narrow: 'hidden',
  },
  {
    key: 'state',
    header: 'State',
    cell: (row) => <StatusTag tone={stateTones[row.state]}>{row.state}</StatusTag>,
    width: '84px',
    sortBy: (row) => row.state,
  },
];

function Expiry({ row }: { row: Certificate }) {
  const now = useNow();
  const urgent = row.state === 'expiring' || row.state === 'expired';
  return (
    <span className={classes.expiry}>
      <span className={classes.track} aria-hidden>
        <i style={{ width: `${lifeLeft(row.issuedAt, row.notAfter, now)}%` }} data-urgent={urgent} />
      </span>
      <RelativeTime at={row.notAfter} />
    </span>
  );
}

function NextRenewal({ row }: { row: Certificate }) {
  if (row.state === 'revoked' || row.state === 'expired') return <span className={classes.dim}>–</span>;
  return (
    <span className={classes.dim}>
      <RelativeTime at={row.renewsAt} />
    </span>
  );
}
