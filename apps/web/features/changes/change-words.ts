import type { RouterOutputs } from '@tulle/api/router-types';
import { everyone } from '@tulle/mesh/access-rule';

export type Change = RouterOutputs['changes']['get'];
type Entry = Change['entries'][number];

const kindWords: Readonly<Record<Entry['kind'], string>> = {
  Service: 'service',
  TrafficSplit: 'split',
  Route: 'route',
  Policy: 'policy',
  AccessRule: 'access rule',
  Gateway: 'gateway',
};

/** The rule of access that holds for services without their own. */
const defaultWords = 'default of access';

/** `split of payment`, with a verb where it came or went. */
export function entryTitle(entry: Entry): string {
  const what = entry.service === everyone ? defaultWords : `${kindWords[entry.kind]} of ${entry.service}`;
  const thing = entry.kind === 'Service' ? `service ${entry.service}` : what;
  if (entry.action === 'update') return thing;
  return `${thing} ${entry.action === 'create' ? 'created' : 'deleted'}`;
}

/** A change in one line: what it touched and how. */
export function changeSentence(change: Change): string {
  const sentence = change.entries
    .map((entry) => {
      const fields = entry.fields.map((field) => field.sentence).join(', ');
      // Of a rule that comes or goes its few names are what matters.
      return (entry.action === 'update' || entry.kind === 'AccessRule') && fields !== ''
        ? `${entryTitle(entry)}: ${fields}`
        : entryTitle(entry);
    })
    .join('; ');
  return capitalised(sentence);
}

export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** What search looks at. */
export function changeText(change: Change): string {
  return `r${change.revision} ${change.author} ${change.source} ${change.reason} ${changeSentence(change)}`;
}

/** What a revert will do, in words. */
export function revertWords(change: Change): string[] {
  return change.entries.flatMap((entry) => {
    if (entry.action === 'create')
      return [`Deletes the ${entryTitle({ ...entry, action: 'update' })} again.`];
    if (entry.action === 'delete')
      return [`Brings back the ${entryTitle({ ...entry, action: 'update' })} as it was.`];
    return [`Sets the ${entryTitle(entry)} back to what it was before: undoes ${fieldsOf(entry)}.`];
  });
}

function fieldsOf(entry: Entry): string {
  return entry.fields.map((field) => field.sentence).join(', ') || 'its changes';
}
