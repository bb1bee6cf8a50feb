import { type Sticky, stickySchema } from '@tulle/mesh/sticky';

export const stickyChoices = [
  { value: 'none', label: 'Not at all' },
  { value: 'cookie', label: 'By a cookie they bring' },
  { value: 'session', label: 'By a cookie the mesh sets' },
  { value: 'header', label: 'By a header' },
  { value: 'source', label: "By the caller's identity" },
] as const satisfies readonly { value: Sticky['by'] | 'none'; label: string }[];

export type StickyBy = (typeof stickyChoices)[number]['value'];

/** What the form holds: the name may not be one yet. */
export interface StickyFields {
  readonly by: StickyBy;
  readonly name: string;
}

export function fieldsOf(sticky: Sticky | null): StickyFields {
  return { by: sticky?.by ?? 'none', name: sticky !== null && 'name' in sticky ? sticky.name : '' };
}

/** The name of a cookie or header is asked for; what has none is complete without. */
export function nameLabel(by: StickyBy): string | null {
  if (by === 'none' || by === 'source') return null;
  return by === 'header' ? 'Name of the header' : 'Name of the cookie';
}

/** What the fields mean, or why they mean nothing yet. What else is set of a session, such as its lifetime, stays. */
export function stickyOf(
  { by, name }: StickyFields,
  base: Sticky | null,
): { readonly sticky: Sticky | null; readonly issue: null } | { readonly issue: string } {
  if (by === 'none') return { sticky: null, issue: null };
  if (nameLabel(by) !== null && name === '')
    return { issue: `Say by which ${by === 'header' ? 'header' : 'cookie'}.` };
  const kept = by === 'session' && base?.by === 'session' ? base : {};
  const parsed = stickySchema.safeParse(by === 'source' ? { by } : { ...kept, by, name });
  if (parsed.success) return { sticky: parsed.data, issue: null };
  const message = parsed.error.issues[0]?.message ?? 'not a name';
  return { issue: `${message.charAt(0).toUpperCase()}${message.slice(1)}.` };
}
