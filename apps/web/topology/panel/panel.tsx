'use client';

import { ActionIcon, Tooltip } from '@mantine/core';
import { useWindowEvent } from '@mantine/hooks';
import { IconFocus2, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { EmptyState } from '@/ui/states';
import type { GraphView } from '../graph-view';
import { edgeName, type Selection } from '../selection';
import { EdgePanel } from './edge-panel';
import { NodePanel } from './node-panel';
import classes from './panel.module.css';

interface PanelProps {
  readonly selection: Selection;
  readonly view: GraphView;
  /** The figures of the view are not those of now. */
  readonly isPast: boolean;
  readonly onClose: () => void;
  readonly onFocus: () => void;
}

/** What is selected; beside the graph, or a sheet over it on a phone. */
export function Panel({ selection, view, isPast, onClose, onFocus }: PanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const title = selection.kind === 'node' ? selection.service : edgeName(selection);

  useEffect(() => {
    // Opened by keyboard, the panel is read from its heading, and Escape leads back to where one was.
    const before = document.activeElement;
    if (!(before instanceof HTMLElement) || !before.matches(':focus-visible')) return;
    heading.current?.focus();
    return () => before.focus({ preventScroll: true });
  }, []);

  // On the window, after what has the focus has had its say.
  useWindowEvent('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('[role="dialog"]'))
      onClose();
  });

  return (
    <aside className={classes.panel} aria-label={title}>
      <header className={classes.head}>
        <h2 ref={heading} tabIndex={-1} className={classes.title}>
          {title}
        </h2>
        <Tooltip label="Centre in the graph">
          <ActionIcon onClick={onFocus} aria-label="Centre in the graph">
            <IconFocus2 size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <ActionIcon onClick={onClose} aria-label="Close">
          <IconX size={16} stroke={1.6} />
        </ActionIcon>
      </header>
      {isPast && <p className={classes.past}>The four figures are of then; all else is of now.</p>}
      {body()}
    </aside>
  );

  function body() {
    if (selection.kind === 'node') {
      const node = view.nodes.find(({ service }) => service === selection.service);
      if (node !== undefined) return <NodePanel node={node} view={view} />;
      return (
        <EmptyState title={`${selection.service} is not in the mesh`}>
          <p>No instance of it runs, and nobody has called it in this window.</p>
        </EmptyState>
      );
    }
    const { source, destination } = selection;
    const edge = view.edges.find((each) => each.source === source && each.destination === destination);
    if (edge !== undefined) return <EdgePanel edge={edge} />;
    return (
      <EmptyState title="No calls in this window">
        <p>
          {source} has not called {destination}. A longer window may show earlier calls.
        </p>
      </EmptyState>
    );
  }
}
