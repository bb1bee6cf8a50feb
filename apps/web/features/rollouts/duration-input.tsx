'use client';

import { TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { durationText, parseDuration } from './duration-text';

/** Takes a length of time as people write it; NaN stands for what could not be read, so that the form refuses it. */
export function DurationInput(props: {
  label: string;
  valueMs: number;
  onChange: (ms: number) => void;
  error?: ReactNode;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      label={props.label}
      value={typed ?? durationText(props.valueMs)}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        props.onChange(parseDuration(event.currentTarget.value) ?? Number.NaN);
      }}
      onBlur={() => {
        if (Number.isFinite(props.valueMs)) setTyped(null);
      }}
      error={props.error}
      w={120}
    />
  );
}
