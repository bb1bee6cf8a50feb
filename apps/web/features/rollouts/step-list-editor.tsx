'use client';

import { ActionIcon, Button, Menu, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import {
  type DraftStep,
  moveStep,
  newStep,
  removeStep,
  replaceStep,
  stepTypeLabels,
  stepTypes,
} from './rollout-draft';
import { StepFields } from './step-fields';
import classes from './step-list-editor.module.css';

/** Add, edit, remove and move steps; Alt with an arrow key moves the step that has the focus. */
export function StepListEditor({
  steps,
  onChange,
  errorOf,
}: {
  steps: readonly DraftStep[];
  onChange: (steps: DraftStep[]) => void;
  /** The error of a field such as `steps.2.weight`. */
  errorOf: (field: string) => string | undefined;
}) {
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState('');

  function move(entry: DraftStep, by: -1 | 1) {
    const moved = moveStep(steps, entry.key, by);
    const place = moved.findIndex(({ key }) => key === entry.key);
    if (steps[place]?.key === entry.key) return;
    const focused = document.activeElement;
    apply(moved, `${stepTypeLabels[entry.step.type]} is now step ${place + 1} of ${moved.length}.`);
    // Moving its element takes the focus away from a button.
    if (focused instanceof HTMLElement) focused.focus();
  }

  function remove(entry: DraftStep, index: number) {
    apply(removeStep(steps, entry.key), `Step ${index + 1}, ${stepTypeLabels[entry.step.type]}, removed.`);
    const rows = list.current?.querySelectorAll<HTMLElement>('[data-remove]');
    rows?.[Math.min(index, rows.length - 1)]?.focus();
  }

  // At once, as the focus is moved after it: a frame later, on a busy page, the next key would go elsewhere.
  function apply(changed: DraftStep[], words: string) {
    flushSync(() => {
      onChange(changed);
      setSaid(words);
    });
  }

  function onKeyDown(event: KeyboardEvent, entry: DraftStep) {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    move(entry, event.key === 'ArrowUp' ? -1 : 1);
  }

  return (
    <>
      <ol className={classes.list} ref={list}>
        {steps.map((entry, index) => (
          <li key={entry.key} className={classes.step} onKeyDown={(event) => onKeyDown(event, entry)}>
            <fieldset className={classes.fields}>
              <legend className={classes.legend}>
                <span className={classes.place}>{index + 1}</span>
                {stepTypeLabels[entry.step.type]}
              </legend>
              <StepFields
                step={entry.step}
                onChange={(step) => onChange(replaceStep(steps, entry.key, step))}
                errorOf={(field) => errorOf(`steps.${index}.${field}`)}
              />
            </fieldset>
            <div className={classes.buttons}>
              <ActionIcon
                aria-label={`Move step ${index + 1} up`}
                aria-disabled={index === 0}
                onClick={() => move(entry, -1)}
              >
                <IconArrowUp size={16} stroke={1.6} />
              </ActionIcon>
              <ActionIcon
                aria-label={`Move step ${index + 1} down`}
                aria-disabled={index === steps.length - 1}
                onClick={() => move(entry, 1)}
              >
                <IconArrowDown size={16} stroke={1.6} />
              </ActionIcon>
              <ActionIcon
                aria-label={`Remove step ${index + 1}`}
                data-remove
                onClick={() => remove(entry, index)}
              >
                <IconTrash size={16} stroke={1.6} />
              </ActionIcon>
            </div>
          </li>
        ))}
      </ol>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button leftSection={<IconPlus size={16} stroke={1.6} />}>Add step</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {stepTypes.map((type) => (
            <Menu.Item key={type} onClick={() => onChange([...steps, newStep(type, steps)])}>
              {stepTypeLabels[type]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>
    </>
  );
}
