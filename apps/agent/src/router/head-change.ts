import type { HeaderModifier } from '@tulle/mesh/route';
import { fieldLine } from '@tulle/wire/http1/serialise';
import type { HeadChange } from './route-decision.ts';

/**
 * Several modifiers, one after the other, as one change; undefined when there is none. In each of them `remove` comes
 * first, then `set`, which is to remove and to add, then `add`. A later one sees what an earlier one made.
 */
export function headChangeOf(modifiers: readonly HeaderModifier[]): HeadChange | undefined {
  const removed = new Set<string>();
  let added: { readonly name: string; readonly value: string }[] = [];
  for (const { set, add, remove } of modifiers) {
    const gone = new Set([...remove, ...set.map(({ name }) => name)]);
    for (const name of gone) removed.add(name);
    added = [...added.filter(({ name }) => !gone.has(name)), ...set, ...add];
  }
  if (removed.size === 0 && added.length === 0) return undefined;
  return {
    removed: removed.size === 0 ? undefined : removed,
    added: added.map(({ name, value }) => fieldLine(name, value)).join(''),
  };
}
