'use client';

import { VisuallyHidden } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { mainId } from '../shell/main-id';
import type { Column } from './column';
import classes from './data-table.module.css';
import { GridRow } from './grid-row';
import { formatSort, type Sort } from './rows';

interface GridProps<Row> {
  readonly noun: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly rowHref?: (row: Row) => string;
  readonly sort: Sort | undefined;
  readonly onSort: (sort: string) => void;
}

/** Up to here all rows are drawn, so that the browser's own search finds them. */
const drawAll = 120;
const rowHeight = 38;

export function Grid<Row>({ noun, columns, rows, rowKey, rowHref, sort, onSort }: GridProps<Row>) {
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => setMargin(body.current?.offsetTop ?? 0), []);

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollerOf(body.current),
    estimateSize: () => rowHeight,
    getItemKey: (index) => rowKey(rows[index] as Row),
    overscan: rows.length <= drawAll ? rows.length : 12,
    scrollMargin: margin,
    // Before the first measurement, and on the server, as many rows as a tall screen shows.
    initialRect: { width: 1_200, height: 1_400 },
  });
  const items = virtualizer.getVirtualItems();
  const before = (items[0]?.start ?? margin) - margin;
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin);
  const template = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a <table> cannot draw a thousand rows in part and stay a grid
    <div
      role="table"
      aria-label={noun}
      aria-rowcount={rows.length + 1}
      className={classes.grid}
      onKeyDown={moveFocus}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" className={classes.head}>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: its cells are */}
        <div role="row" aria-rowindex={1} className={classes.headRow} style={template}>
          {columns.map((column) => (
            <HeaderCell key={column.key} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" ref={body}>
        <div role="presentation" style={{ height: before }} />
        {items.map(({ index, key }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <GridRow
              key={key}
              index={index}
              row={row}
              columns={columns}
              template={template}
              href={rowHref?.(row)}
              measure={virtualizer.measureElement}
            />
          );
        })}
        <div role="presentation" style={{ height: Math.max(0, after) }} />
      </div>
    </div>
  );
}

interface HeaderCellProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort | undefined;
  readonly onSort: (sort: string) => void;
}

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const { key, align, sortBy, sortFirst } = column;
  const header = column.headerHidden ? <VisuallyHidden>{column.header}</VisuallyHidden> : column.header;
  const own = sort?.key === key ? sort : undefined;
  const order = own === undefined ? 'none' : own.descending ? 'descending' : 'ascending';
  const descending = own === undefined ? sortFirst === 'descending' : !own.descending;
  return (
    // biome-ignore lint/a11y/useSemanticElements: as above
    // biome-ignore lint/a11y/useFocusableInteractive: the button in it is
    <div
      role="columnheader"
      className={classes.headCell}
      data-align={align}
      {...(sortBy && { 'aria-sort': order })}
    >
      {sortBy === undefined ? (
        header
      ) : (
        <button
          type="button"
          className={classes.sort}
          onClick={() => onSort(formatSort({ key, descending }))}
        >
          {header}
          <span className={classes.arrow} data-order={order} aria-hidden="true">
            {own?.descending ? '↓' : '↑'}
          </span>
        </button>
      )}
    </div>
  );
}

/** What scrolls the table: the page, or a part of it that lies over a graph. */
function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  const main = document.getElementById(mainId);
  for (let each = element; each !== null && each !== main; each = each.parentElement)
    if (/auto|scroll/.test(getComputedStyle(each).overflowY)) return each;
  return main;
}

/** Arrow keys move between the links of the rows, as in any list. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')];
  const here = links.indexOf(document.activeElement as HTMLElement);
  const next = links[here + (event.key === 'ArrowDown' ? 1 : -1)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}
