'use client';

import type { ReactNode } from 'react';
import { LiveEvents } from '@/trpc/live-events';
import { ConnectionLine } from './connection-line';
import { mainId } from './main-id';
import { BottomBar, SideNavigation } from './navigation-bars';
import { Search } from './search';
import classes from './shell.module.css';
import { TopBar } from './top-bar';

export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className={classes.shell}>
      <nav aria-label="Skip" className={classes.skipNavigation}>
        <a href={`#${mainId}`} className={classes.skip}>
          Skip to content
        </a>
      </nav>
      <LiveEvents />
      <SideNavigation />
      <TopBar />
      <div className={classes.middle}>
        <ConnectionLine />
        <main id={mainId} className={classes.main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <BottomBar />
      <Search />
    </div>
  );
}
