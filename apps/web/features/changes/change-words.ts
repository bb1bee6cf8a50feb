import type { RouterOutputs } from '@tulle/api/router-types';

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

/** `split of payment`, with a verb where it came or went. */
export function entryTitle(entry: Entry): string {
  const what = `${kindWords[entry.kind]} of ${entry.service}`;
  const thing = entry.kind === 'Service' ? `service ${entry.service}` : what;
  if (entry.action === 'update') return thing;
  return `${thing} ${entry.action === 'create' ? 'created' : 'deleted'}`;
}

/** A change in one line: what it touched and how. */
export function changeSentence(change: Change): string {
  const sentence = change.entries
    .map((entry) => {
      const fields = entry.fields.map((field) => field.sentence).join(', ');
      return entry.action === 'update' && fields !== ''
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
