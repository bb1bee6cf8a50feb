'use client';

import { Select, TextInput } from '@mantine/core';
import type { Sticky } from '@tulle/mesh/sticky';
import { stickyTerms } from '@tulle/mesh/sticky-words';
import { useState } from 'react';
import classes from './sticky-editor.module.css';
import { nameLabel, type StickyFields, stickyChoices } from './sticky-fields';

/** How callers stay with their version: what is set, and the fields to set it otherwise. */
export function StickyEditor({
  fields,
  now,
  issue,
  error,
  readOnly,
  onChange,
}: {
  fields: StickyFields;
  now: Sticky | null;
  /** Why the fields are not complete. */
  issue: string | null;
  /** Why the server refused them. */
  error: string | null;
  readOnly: boolean;
  onChange: (fields: StickyFields) => void;
}) {
  // Who has just chosen a cookie is about to name it.
  const [left, setLeft] = useState(false);
  const label = nameLabel(fields.by);
  const wrong = fields.name === '' && !left ? null : issue;
  return (
    <div className={classes.sticky}>
      <div className={classes.fields}>
        <Select
          label="Callers stay with their version"
          data={stickyChoices}
          value={fields.by}
          onChange={(by) => {
            setLeft(false);
            if (by !== null) onChange({ ...fields, by });
          }}
          allowDeselect={false}
          disabled={readOnly}
          error={label === null ? error : undefined}
        />
        {label !== null && (
          <TextInput
            label={label}
            value={fields.name}
            onChange={(event) => onChange({ ...fields, name: event.currentTarget.value })}
            onBlur={() => setLeft(true)}
            spellCheck={false}
            autoCapitalize="none"
            disabled={readOnly}
            error={wrong ?? error}
          />
        )}
      </div>
      <p className={classes.now}>{stickySentence(now)}</p>
    </div>
  );
}

function stickySentence(sticky: Sticky | null): string {
  return sticky === null
    ? 'Now every request is routed by weight, whoever sends it.'
    : `Now a caller stays with its version ${stickyTerms(sticky)}.`;
}
