import { type ResourceKind, resourceKinds } from '@tulle/mesh/resource';
import { CommandFailure } from '../failure.ts';

/** `trafficsplit` and `traffic-splits` are understood as well. */
export function kindNamed(word: string): ResourceKind {
  const plain = (name: string) => name.toLowerCase().replaceAll('-', '').replace(/s$/, '');
  const kind = resourceKinds.find((name) => plain(name) === plain(word));
  if (kind === undefined)
    throw new CommandFailure(`There is no kind ${word}; the kinds are ${resourceKinds.join(', ')}.`);
  return kind;
}
