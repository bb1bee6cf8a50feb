import type { ReactNode } from 'react';
import classes from './page-header.module.css';

interface PageHeaderProps {
  readonly title: ReactNode;
  /** The way back up: links, joined by slashes. */
  readonly trail?: ReactNode;
  /** Beside the title: a tag, a count. */
  readonly beside?: ReactNode;
  /** Buttons at the right. */
  readonly actions?: ReactNode;
}

export function PageHeader({ title, trail, beside, actions }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <div className={classes.names}>
        {trail && (
          <nav className={classes.trail} aria-label="Breadcrumb">
            {trail}
          </nav>
        )}
        <div className={classes.title}>
          <h1>{title}</h1>
          {beside}
        </div>
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}
