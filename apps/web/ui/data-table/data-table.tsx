'use client';

import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { parseAsString, useQueryState } from 'nuqs';
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import { EmptyState, ErrorState } from '../states';
import type { Column } from './column';
import classes from './data-table.module.css';
import { Grid } from './grid';
import { parseSort, searchRows, sortRows } from './rows';
import { SkeletonRows } from './skeleton-rows';
import { useCalmOrder } from './use-calm-order';

export interface DataTableProps<Row> {
  /** What the rows are, in plural: "services". Names the table, its search and its states. */
  readonly noun: string;
  readonly columns: readonly Column<Row>[];
  /** undefined while loading. */
  readonly rows: readonly Row[] | undefined;
  readonly rowKey: (row: Row) => string;
  /** What search looks at; without it there is no search box. */
  readonly searchText?: (row: Row) => string;
  /** Where the row leads; its title cell becomes the link. */
  readonly rowHref?: (row: Row) => string;
  /** `-rate`, when the URL does not say. */
  readonly defaultSort?: string;
  readonly error?: unknown;
  readonly onRetry?: () => void;
  /** Instead of rows, when there are none at all. */
  readonly empty: ReactNode;
  /** Beside the search box: filters. */
  readonly toolbar?: ReactNode;
  /** Sets this table's search and sort apart from others on the page, in the URL. */
  readonly id?: string;
}

/** Search, sort and every state of a list; search and sort are in the URL. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { noun, columns, rows, searchText, defaultSort = '', error, onRetry, empty, toolbar, id } = props;
  const prefix = id === undefined ? '' : `${id}-`;
  const [asked, setAsked] = useQueryState(`${prefix}q`, parseAsString.withDefault(''));
  const [sortText, setSortText] = useQueryState(`${prefix}sort`, parseAsString.withDefault(defaultSort));
  const sort = parseSort(sortText);
  const wanted = useDeferredValue(asked);

  const sortBy = sort && columns.find(({ key }) => key === sort.key)?.sortBy;
  const sorted = useMemo(() => {
    if (rows === undefined) return undefined;
    const found = searchText === undefined ? rows : searchRows(rows, searchText, wanted);
    return sortBy === undefined ? found : sortRows(found, sortBy, sort?.descending ?? false);
  }, [rows, searchText, wanted, sortBy, sort?.descending]);
  const calm = useCalmOrder(sorted, props.rowKey, `${sortText} ${wanted}`);
  // What the page has put in order itself, such as what waits for a person, is never late.
  const shown = sortBy === undefined ? sorted : calm;

  const hasToolbar = searchText !== undefined || toolbar !== undefined;
  return (
    <div className={classes.table}>
      {hasToolbar && (
        <div className={classes.toolbar}>
          {searchText !== undefined && (
            <TextInput
              type="search"
              aria-label={`Search ${noun}`}
              placeholder={`Search ${noun}`}
              leftSection={<IconSearch size={14} stroke={1.6} />}
              value={asked}
              onChange={(event) => void setAsked(event.currentTarget.value || null)}
              className={classes.search}
            />
          )}
          {toolbar}
        </div>
      )}
      {body()}
    </div>
  );

  function body() {
    if (shown === undefined && error != null)
      return <ErrorState error={error} what={sentence(noun)} {...(onRetry && { onRetry })} />;
    if (shown === undefined) return <SkeletonRows columns={columns} noun={noun} />;
    if (rows?.length === 0) return empty;
    if (shown.length === 0) {
      return (
        <EmptyState title={`No ${noun} match “${asked}”`}>
          <p>Search looks at names and words in every column.</p>
        </EmptyState>
      );
    }
    return <Grid {...props} rows={shown} sort={sort} onSort={(next) => void setSortText(next)} />;
  }
}

function sentence(noun: string): string {
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
}
