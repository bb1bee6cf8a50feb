'use client';

import { ActionIcon, Button, Menu, TextInput, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import {
  IconChevronDown,
  IconFocusCentered,
  IconList,
  IconMinus,
  IconPlus,
  IconSchema,
} from '@tabler/icons-react';
import { type Ref, useRef } from 'react';
import { TimeMenu } from './past/time-menu';
import classes from './topology.module.css';
import { edgeLabelNames, type TopologyState } from './url-state';

interface ToolbarProps {
  readonly state: TopologyState;
  /** What the find box has found. */
  readonly found: { readonly count: number; readonly onShow: () => void } | undefined;
  readonly onFit: () => void;
  readonly onZoom: (factor: number) => void;
  readonly onLayOut: () => void;
}

export function Toolbar({ state, found, onFit, onZoom, onLayOut }: ToolbarProps) {
  const { layers, setLayers, find, setFind, hide, setHide, at, setAt } = state;
  const box = useRef<HTMLInputElement>(null);

  useHotkeys([['f', () => box.current?.focus()]]);

  return (
    <>
      <div className={classes.toolbar} role="toolbar" aria-label="Graph">
        <Query
          ref={box}
          label="Find in the graph"
          prefix="Find"
          placeholder="error > 1%, name"
          text={find}
          onText={setFind}
          onEnter={found?.onShow}
          className={classes.find}
        />
        {found !== undefined && (
          <Button onClick={found.onShow} disabled={found.count === 0}>
            {found.count === 0 ? 'Nothing found' : 'Show found'}
          </Button>
        )}
        <Query
          label="Hide in the graph"
          prefix="Hide"
          placeholder="rate < 1"
          text={hide}
          onText={setHide}
          className={classes.hide}
        />
        {!layers.list && (
          <>
            <Menu position="bottom-start" width={150}>
              <Menu.Target>
                <Button rightSection={<IconChevronDown size={14} stroke={1.6} />}>
                  Edges: {layers.edges}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {Object.entries(edgeLabelNames).map(([key, name]) => (
                  <Menu.RadioItem
                    key={key}
                    value={key}
                    checked={layers.edges === key}
                    checkIcon="✓"
                    closeMenuOnClick
                    onChange={() => setLayers({ edges: name })}
                  >
                    {name}
                  </Menu.RadioItem>
                ))}
              </Menu.Dropdown>
            </Menu>
            <Toggle on={layers.versions} onToggle={(versions) => setLayers({ versions })}>
              Versions
            </Toggle>
            <Toggle on={layers.security} onToggle={(security) => setLayers({ security })}>
              Security
            </Toggle>
          </>
        )}
        <TimeMenu at={at} onAt={setAt} />
        <Toggle on={layers.list} onToggle={(list) => setLayers({ list })}>
          <IconList size={14} stroke={1.6} aria-hidden="true" />
          &nbsp;List
        </Toggle>
      </div>
      {!layers.list && (
        <div className={classes.zoom} role="toolbar" aria-label="View">
          <IconButton label="Zoom in" onClick={() => onZoom(1.3)}>
            <IconPlus size={16} stroke={1.6} />
          </IconButton>
          <IconButton label="Zoom out" onClick={() => onZoom(1 / 1.3)}>
            <IconMinus size={16} stroke={1.6} />
          </IconButton>
          <IconButton label="Fit the whole graph" onClick={onFit}>
            <IconFocusCentered size={16} stroke={1.6} />
          </IconButton>
          <IconButton label="Lay out again" onClick={onLayOut}>
            <IconSchema size={16} stroke={1.6} />
          </IconButton>
        </div>
      )}
    </>
  );
}

interface QueryProps {
  readonly ref?: Ref<HTMLInputElement>;
  readonly label: string;
  /** Stays when there is text, unlike the placeholder. */
  readonly prefix: string;
  readonly placeholder: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onEnter?: (() => void) | undefined;
  readonly className: string | undefined;
}

function Query({ ref, label, prefix, placeholder, text, onText, onEnter, className }: QueryProps) {
  return (
    <TextInput
      ref={ref}
      type="search"
      aria-label={label}
      leftSection={<span className={classes.prefix}>{prefix}</span>}
      leftSectionWidth={42}
      leftSectionPointerEvents="none"
      placeholder={placeholder}
      title="Names, failing, degraded, idle, rate < 1, error > 1%, p95 > 200; a comma means or"
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onEnter?.();
        if (event.key !== 'Escape' || text === '') return;
        // The first Escape empties the box, the next one closes the panel.
        event.preventDefault();
        onText('');
      }}
      className={className ?? ''}
    />
  );
}

interface ToggleProps {
  readonly on: boolean;
  readonly onToggle: (on: boolean) => void;
  readonly children: React.ReactNode;
}

function Toggle({ on, onToggle, children }: ToggleProps) {
  return (
    <Button className={classes.toggle} data-on={on} aria-pressed={on} onClick={() => onToggle(!on)}>
      {children}
    </Button>
  );
}

function IconButton({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <Tooltip label={label} position="left">
      <ActionIcon variant="default" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
