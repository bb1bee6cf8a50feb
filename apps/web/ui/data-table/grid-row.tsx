'use client';

import type { CSSProperties } from 'react';
import { MeshLink } from '../mesh-link';
import type { Column } from './column';
import classes from './data-table.module.css';

interface GridRowProps<Row> {
  readonly index: number;
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly template: CSSProperties;
  readonly href: string | undefined;
  readonly measure: (element: Element | null) => void;
}

export function GridRow<Row>({ index, row, columns, template, href, measure }: GridRowProps<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: the link in it is
    <div
      role="row"
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className={classes.row}
      data-link={href !== undefined}
      style={template}
    >
      {columns.map((column, position) => {
        const { key, header, align, cell, narrow = 'line', interactive } = column;
        const isTitle =
          narrow === 'title' || (position === 0 && columns.every((each) => each.narrow !== 'title'));
        const content = cell(row);
        return (
          // biome-ignore lint/a11y/useSemanticElements: see the grid
          <div
            key={key}
            role="cell"
            className={classes.cell}
            data-align={align}
            data-narrow={isTitle ? 'title' : narrow}
            data-header={header}
            data-interactive={interactive}
          >
            {isTitle && href !== undefined ? (
              <MeshLink href={href} look="plain" className={classes.rowLink} data-row-link="">
                {content}
              </MeshLink>
            ) : (
              content
            )}
          </div>
        );
      })}
    </div>
  );
}
