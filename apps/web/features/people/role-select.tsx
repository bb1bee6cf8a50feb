'use client';

import { Select, type SelectProps } from '@mantine/core';
import { type Role, roleSchema } from '@tulle/mesh/people';
import classes from './people.module.css';
import { roleChoices } from './people-words';

interface RoleSelectProps extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
  /** Those it can be; all when it is left out. */
  readonly choices?: readonly Role[];
}

/** A role, with what each may do. */
export function RoleSelect({ value, onChange, choices, ...select }: RoleSelectProps) {
  const offered = roleChoices.filter(({ value: role }) => choices === undefined || choices.includes(role));
  return (
    <Select
      {...select}
      data={offered}
      value={value}
      onChange={(role) => onChange(roleSchema.parse(role))}
      allowDeselect={false}
      comboboxProps={{ width: 280, position: 'bottom-start' }}
      renderOption={({ option }) => (
        <span className={classes.choice}>
          {option.label}
          <small>{roleChoices.find((choice) => choice.value === option.value)?.description}</small>
        </span>
      )}
    />
  );
}
