import type { ReactNode } from 'react';
import type { SortValue } from './rows';

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  /** The header is there for those who hear the page only: for columns of buttons. */
  readonly headerHidden?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** A CSS grid track, such as `minmax(120px, 2fr)` or `88px`. */
  readonly width: string;
  readonly align?: 'right';
  /** Makes the column sortable. */
  readonly sortBy?: (row: Row) => SortValue;
  /** Numbers are looked at largest first. */
  readonly sortFirst?: 'descending';
  /**
   * Where it goes when rows have two lines, at phone width: the title starts the first line, the aside ends it, the
   * others follow on the second; hidden ones go.
   */
  readonly narrow?: 'title' | 'aside' | 'line' | 'hidden';
  /** Above the row's own link, for buttons and links of their own. */
  readonly interactive?: boolean;
}
