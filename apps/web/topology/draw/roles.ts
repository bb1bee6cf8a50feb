'use client';

import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useState } from 'react';

const names = [
  'canvas',
  'surface',
  'raised',
  'line',
  'line-strong',
  'text',
  'text-dim',
  'text-faint',
  'accent',
  'ok',
  'warn',
  'bad',
  'idle',
  'edge',
  'v1',
  'v2',
  'v3',
  'v4',
  'v5',
] as const;

export type RoleName = (typeof names)[number];
export type Roles = Readonly<Record<RoleName, string>>;

/** A canvas knows no CSS variables; these are their values in the present theme. */
export function useRoles(): Roles | undefined {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: true });
  const [roles, setRoles] = useState<Roles>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes what the variables say
  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    setRoles(
      Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Roles,
    );
  }, [scheme]);
  return roles;
}

/** The value of `var(--v3)`. */
export function resolveRole(roles: Roles, colour: string): string {
  const name = /^var\(--([\w-]+)\)$/.exec(colour)?.[1];
  return roles[name as RoleName] ?? roles.idle;
}
