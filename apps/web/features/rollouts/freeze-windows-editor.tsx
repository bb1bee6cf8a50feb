'use client';

import { ActionIcon, Button, Menu, VisuallyHidden } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import {
  type DraftWindow,
  freezeKindLabels,
  freezePresetLabels,
  freezePresetNames,
  newWindow,
} from './freeze-draft';
import { FreezeWindowFields } from './freeze-window-fields';
import classes from './step-list-editor.module.css';

/** Add, edit and remove freeze windows; none is what a new rollout has. */
export function FreezeWindowsEditor({
  windows,
  onChange,
  errorOf,
}: {
  windows: readonly DraftWindow[];
  onChange: (windows: DraftWindow[]) => void;
  /** The error of a field such as `freezeWindows.0.to`. */
  errorOf: (field: string) => string | undefined;
}) {
  const addButton = useRef<HTMLButtonElement>(null);
  const [said, setSaid] = useState('');

  function remove(key: string, place: number) {
    onChange(windows.filter((each) => each.key !== key));
    setSaid(`Freeze window ${place} removed.`);
    requestAnimationFrame(() => addButton.current?.focus());
  }

  return (
    <>
      {windows.length > 0 && (
        <ol className={classes.list}>
          {windows.map((window, index) => (
            <li key={window.key} className={classes.step}>
              <fieldset className={classes.fields}>
                <legend className={classes.legend}>
                  <span className={classes.place}>{index + 1}</span>
                  {freezeKindLabels[window.kind]}
                </legend>
                <FreezeWindowFields
                  window={window}
                  onChange={(changed) =>
                    onChange(windows.map((each) => (each.key === window.key ? changed : each)))
                  }
                  errorOf={(field) => errorOf(`freezeWindows.${index}.${field}`)}
                />
              </fieldset>
              <div className={classes.buttons}>
                <ActionIcon
                  aria-label={`Remove freeze window ${index + 1}`}
                  onClick={() => remove(window.key, index + 1)}
                >
                  <IconTrash size={16} stroke={1.6} />
                </ActionIcon>
              </div>
            </li>
          ))}
        </ol>
      )}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button ref={addButton} leftSection={<IconPlus size={16} stroke={1.6} />}>
            Add freeze window
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {freezePresetNames.map((preset) => (
            <Menu.Item
              key={preset}
              onClick={() => {
                const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
                onChange([...windows, newWindow(preset, windows.at(-1)?.timeZone ?? timeZone, Date.now())]);
              }}
            >
              {freezePresetLabels[preset]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>
    </>
  );
}
