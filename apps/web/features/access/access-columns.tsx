'use client';

import type { RouterOutputs } from '@tulle/api/router-types';
import { type AllowList, everyone } from '@tulle/mesh/access-rule';
import { countOf, formatRate, listOf } from '@tulle/mesh/format';
import type { Column } from '@/ui/data-table/column';
import { StatusTag } from '@/ui/status-tag';
import classes from './access-page.module.css';
import { callersWords } from './access-words';
import { LastChange } from './last-change';

type Row = RouterOutputs['access']['list']['services'][number];

const refused = (row: Row) => (row.isEnforced ? row.callers.filter(({ isAllowed }) => !isAllowed) : []);

export function accessColumns(byDefault: AllowList): readonly Column<Row>[] {
  return [
    {
      key: 'service',
      header: 'Service',
      cell: (row) => row.service,
      width: 'minmax(120px, 1.1fr)',
      sortBy: (row) => row.service,
      narrow: 'title',
    },
    {
      key: 'allowed',
      header: 'May be called by',
      cell: (row) => <Allowed row={row} byDefault={byDefault} />,
      width: 'minmax(170px, 1.6fr)',
      // Rules of their own come together.
      sortBy: (row) => (row.rule === null ? null : callersWords(row.rule.allow)),
    },
    {
      key: 'callers',
      header: 'Called by',
      cell: (row) => <Callers row={row} />,
      width: 'minmax(190px, 1.9fr)',
      sortBy: (row) => row.callers.length,
      sortFirst: 'descending',
      narrow: 'hidden',
    },
    {
      key: 'refused',
      header: 'Refused',
      cell: (row) => <Refused row={row} />,
      width: 'minmax(130px, 1fr)',
      sortBy: (row) => refused(row).length,
      sortFirst: 'descending',
      narrow: 'aside',
    },
    {
      key: 'changed',
      header: 'Last change',
      cell: (row) => row.rule !== null && <LastChange changed={row.rule.changed} />,
      width: 'minmax(150px, 1.4fr)',
      sortBy: (row) => row.rule?.changed?.at ?? null,
      sortFirst: 'descending',
      narrow: 'hidden',
    },
  ];
}

function Allowed({ row: { rule, isEnforced }, byDefault }: { row: Row; byDefault: AllowList }) {
  return (
    <>
      {rule === null ? (
        <span className={classes.dim}>{callersWords(byDefault ?? [everyone])}, by default</span>
      ) : (
        callersWords(rule.allow)
      )}
      {!isEnforced && (
        <>
          {' '}
          <StatusTag tone="quiet">no agent</StatusTag>
        </>
      )}
    </>
  );
}

function Callers({ row: { callers } }: { row: Row }) {
  if (callers.length === 0) return <span className={classes.dim}>nobody</span>;
  return listOf(
    callers.map(({ caller, ratePerSecond }) => `${caller} ${formatRate(ratePerSecond)}`),
    2,
  );
}

function Refused({ row }: { row: Row }) {
  const [first, ...more] = refused(row);
  if (first === undefined) return null;
  return (
    <StatusTag tone="bad">
      {more.length === 0
        ? `${first.caller} ${formatRate(first.ratePerSecond)}`
        : countOf(more.length + 1, 'caller')}
    </StatusTag>
  );
}
