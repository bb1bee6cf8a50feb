import { Bone } from '../states';
import type { Column } from './column';
import classes from './data-table.module.css';

const lines = ['62%', '48%', '70%', '54%', '66%', '44%', '58%', '50%'];

/** The true shape of the table while its rows are on the way. */
export function SkeletonRows<Row>({ columns, noun }: { columns: readonly Column<Row>[]; noun: string }) {
  const template = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };
  return (
    <div className={classes.grid} role="status" aria-label={`Loading ${noun}`}>
      <div className={classes.head} aria-hidden="true">
        <div className={classes.headRow} style={template}>
          {columns.map(({ key, header, headerHidden, align }) => (
            <div key={key} className={classes.headCell} data-align={align}>
              {!headerHidden && header}
            </div>
          ))}
        </div>
      </div>
      {lines.map((width) => (
        <div key={width} className={classes.row} style={template} aria-hidden="true">
          {columns.map(({ key, align, narrow = 'line' }) => (
            <div key={key} className={classes.cell} data-align={align} data-narrow={narrow}>
              <Bone width={align === 'right' ? 44 : width} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
