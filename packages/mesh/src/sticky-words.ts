import { formatDuration, formatPercent } from './format.ts';
import type { Sticky } from './sticky.ts';
import type { VersionWeight } from './traffic-split.ts';
import { weightOf } from './weights.ts';

/** What a split says of callers: how they stay with their version, if they do, and with which share each has. */
export interface CallerSplit {
  readonly sticky: Sticky | null;
  readonly weights: readonly VersionWeight[];
}

/** By what a caller is known: `by cookie sid`, `by the caller's identity`. */
export function stickyTerms(sticky: Sticky): string {
  switch (sticky.by) {
    case 'source':
      return "by the caller's identity";
    case 'session': {
      const { name, lifetimeMs } = sticky;
      const lifetime = lifetimeMs === undefined ? '' : ` and is kept for ${formatDuration(lifetimeMs)}`;
      return `by cookie ${name}, which the mesh sets${lifetime}`;
    }
    default:
      return `by ${keyWords(sticky)}`;
  }
}

export function isSameSticky(a: Sticky | null, b: Sticky | null): boolean {
  const text = (sticky: Sticky | null) => JSON.stringify(Object.entries(sticky ?? {}).sort());
  return text(a) === text(b);
}

/** What a change of a split means for callers, in sentences; none when no caller stays with its version before or after. */
export function describeCallerChange(from: CallerSplit, to: CallerSplit): string[] {
  if (to.sticky === null) {
    return from.sticky === null
      ? []
      : ['No caller stays with its version any longer: every request is routed by weight.'];
  }
  if (!isSameSticky(from.sticky, to.sticky)) return newTerms(from.sticky, to.sticky);
  return to.sticky.by === 'session' ? movedSessions(to.sticky, from, to) : movedKeys(to.sticky, from, to);
}

function newTerms(from: Sticky | null, to: Sticky): string[] {
  if (to.by !== 'session') {
    // The version is computed from the key alone, whatever the caller had before.
    const now =
      from === null
        ? `Callers stay with their version ${stickyTerms(to)}`
        : `Callers are assigned anew, ${stickyTerms(to)}`;
    return to.by === 'source'
      ? [
          `${now}.`,
          'The weights share out callers, not requests: with few callers, shares may be far from them.',
        ]
      : [`${now}; a request without it is routed by weight.`];
  }
  if (from?.by === 'session' && from.name === to.name)
    return [`Callers with cookie ${to.name} stay; those without it get it in its new form.`];
  const begun = `Callers without cookie ${to.name} are routed by weight once, get it with the answer, and stay.`;
  return from === null ? [begun] : ['Callers are assigned anew.', begun];
}

/** As in `SessionChoice` of the agent: weights decide about new sessions, and end those of a version without a share. */
function movedSessions({ name }: { name: string }, from: CallerSplit, to: CallerSplit): string[] {
  if (movedPercent(from, to) === 0) return [];
  const ended = from.weights.filter(
    ({ version, weight }) => weight > 0 && weightOf(to.weights, version) === 0,
  );
  const stay = `Callers with cookie ${name} stay; those without it are assigned by the new weights.`;
  return [
    stay,
    ...ended.map(({ version }) => `Callers of ${version} are assigned anew, since it no longer has a share.`),
  ];
}

/** As in `StickyChoice` of the agent: of two versions just the difference moves, of more it may be a few more. */
function movedKeys(key: Exclude<Sticky, { by: 'session' }>, from: CallerSplit, to: CallerSplit): string[] {
  const percent = movedPercent(from, to);
  if (percent === 0) return [];
  const [gaining, ...more] = to.weights.filter(
    ({ version, weight }) => weight > weightOf(from.weights, version),
  );
  const known = key.by === 'source' ? 'calling services' : `callers with ${keyWords(key)}`;
  const isPair = gaining !== undefined && more.length === 0 && to.weights.length === 2;
  return isPair
    ? [`${formatPercent(percent)} of ${known} move to ${gaining.version}; all others stay.`]
    : [`At least ${formatPercent(percent)} of ${known} move to another version.`];
}

/** How much of the whole changes hands, in percent. */
function movedPercent(from: CallerSplit, to: CallerSplit): number {
  const gains = to.weights.map(({ version, weight }) =>
    Math.max(0, weight - weightOf(from.weights, version)),
  );
  return Math.round(gains.reduce((sum, gain) => sum + gain, 0) * 100) / 100;
}

function keyWords(key: { readonly by: 'cookie' | 'header'; readonly name: string }): string {
  return `${key.by} ${key.name}`;
}
