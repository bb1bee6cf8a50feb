'use client';

import { Chip, Group, Input, Select, TextInput } from '@mantine/core';
import { type Weekday, weekdays } from '@tulle/mesh/rollout/freeze-window';
import { useMemo } from 'react';
import { type DraftWindow, timeZoneNames } from './freeze-draft';

const dayLabels: Readonly<Record<Weekday, string>> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};
const dayChoices = weekdays.map((value) => ({ value, label: dayLabels[value] }));

interface FieldsProps {
  readonly window: DraftWindow;
  readonly onChange: (window: DraftWindow) => void;
  /** The error of a field such as `to`. */
  readonly errorOf: (field: string) => string | undefined;
}

/** The fields of one window: when, by whose clocks, and why. */
export function FreezeWindowFields(props: FieldsProps) {
  const { window, onChange, errorOf } = props;
  const zones = useMemo(() => timeZoneNames(window.timeZone), [window.timeZone]);
  return (
    <>
      {window.kind === 'days' && <DaysFields {...props} />}
      {window.kind === 'span' && <SpanFields {...props} />}
      {window.kind === 'dates' && <DatesFields {...props} />}
      <Select
        label="Time zone"
        data={zones}
        value={window.timeZone}
        onChange={(timeZone) => timeZone !== null && onChange({ ...window, timeZone })}
        error={errorOf('timeZone')}
        allowDeselect={false}
        searchable
        limit={50}
        w={200}
      />
      <TextInput
        label="Reason"
        placeholder="optional"
        value={window.reason}
        onChange={(event) => onChange({ ...window, reason: event.currentTarget.value })}
        error={errorOf('reason')}
        maxLength={500}
        w={180}
      />
    </>
  );
}

function DaysFields({ window, onChange, errorOf }: FieldsProps) {
  return (
    <>
      <Input.Wrapper label="Begins on" labelElement="div" error={errorOf('days')} w="100%">
        <Chip.Group
          multiple
          value={[...window.days]}
          onChange={(chosen) => onChange({ ...window, days: weekdays.filter((day) => chosen.includes(day)) })}
        >
          <Group gap={4} mt={2}>
            {dayChoices.map(({ value, label }) => (
              <Chip key={value} value={value} size="xs" radius="sm" variant="light">
                {label}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Input.Wrapper>
      <TimeField
        label="From"
        value={window.fromTime}
        onChange={(fromTime) => onChange({ ...window, fromTime })}
        error={errorOf('from')}
      />
      <TimeField
        label={window.toTime > window.fromTime ? 'To' : 'To, the next day'}
        value={window.toTime}
        onChange={(toTime) => onChange({ ...window, toTime })}
        error={errorOf('to')}
      />
    </>
  );
}

function SpanFields({ window, onChange, errorOf }: FieldsProps) {
  return (
    <>
      <DayField
        label="From"
        value={window.fromDay}
        onChange={(fromDay) => onChange({ ...window, fromDay })}
      />
      <TimeField
        label="at"
        name="From at"
        value={window.fromTime}
        onChange={(fromTime) => onChange({ ...window, fromTime })}
        error={errorOf('from')}
      />
      <DayField label="To" value={window.toDay} onChange={(toDay) => onChange({ ...window, toDay })} />
      <TimeField
        label="at"
        name="To at"
        value={window.toTime}
        onChange={(toTime) => onChange({ ...window, toTime })}
        error={errorOf('to')}
      />
    </>
  );
}

function DatesFields({ window, onChange, errorOf }: FieldsProps) {
  return (
    <>
      <TextInput
        type="datetime-local"
        label="From"
        value={window.fromDate}
        onChange={(event) => onChange({ ...window, fromDate: event.currentTarget.value })}
        error={errorOf('from')}
        w={200}
      />
      <TextInput
        type="datetime-local"
        label="To"
        value={window.toDate}
        onChange={(event) => onChange({ ...window, toDate: event.currentTarget.value })}
        error={errorOf('to')}
        w={200}
      />
    </>
  );
}

function DayField(props: { label: string; value: Weekday; onChange: (day: Weekday) => void }) {
  return (
    <Select
      label={props.label}
      data={dayChoices}
      value={props.value}
      onChange={(day) => day !== null && props.onChange(day)}
      allowDeselect={false}
      w={90}
    />
  );
}

function TimeField(props: {
  label: string;
  /** What it is called where its label alone does not tell. */
  name?: string;
  value: string;
  onChange: (time: string) => void;
  error: string | undefined;
}) {
  return (
    <TextInput
      type="time"
      label={props.label}
      aria-label={props.name}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      error={props.error}
      w={120}
    />
  );
}
