import { diffResource, fieldWords } from './change-diff.ts';
import type { Policy } from './policy.ts';

/** A field of a policy that is not as it would be without one, in words. */
export interface UnusualField {
  /** `timeouts.requestMs`, as in `docs/policies.md`. */
  readonly field: string;
  /** `5 s`, `added timeout`. */
  readonly value: string;
  /** The default; undefined where there is none. */
  readonly usual: string | undefined;
}

export function unusualFields(policy: Policy): UnusualField[] {
  return diffResource(undefined, policy).map(({ path, from, to }) => {
    const list = path.slice(0, path.lastIndexOf('.'));
    // Members of a list end the path with themselves.
    if (from === undefined && path.endsWith(`.${to}`))
      return { field: list, value: `with ${to}`, usual: undefined };
    if (to === undefined) return { field: list, value: `without ${from}`, usual: undefined };
    const usual = from === undefined ? undefined : fieldWords(path, from);
    return { field: path, value: fieldWords(path, to), usual };
  });
}
