import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '@tulle/api/router-types';
import { formatRelative } from '@tulle/mesh/format';
import { table } from '../table.ts';

export type RootRotation = inferRouterOutputs<AppRouter>['rootRotation']['get'];

const steps = {
  distributing: 'Step 1 of 3: agents learn to trust the new root beside the old one.',
  reissuing: 'Step 2 of 3: the new root signs, agents renew their certificates.',
  returning: 'Going back: the old root signs again, agents renew their certificates.',
} as const;
const forward = {
  reissuing: '`tulle roots advance` has the new root sign.',
  retired: '`tulle roots advance` is step 3 of 3: it retires the old root for good.',
  aborted: '`tulle roots advance` drops the new root.',
  distributing: '',
  returning: '',
} as const;

/** Where the rotation stands, what holds it up and what comes next, as lines for a person. `now` in milliseconds. */
export function rotationText({ root, rotation, last }: RootRotation, now: number): string {
  const expires = formatRelative(root.notAfter, now);
  const lines = [`Root in force: ${root.fingerprint}, ends ${expires}.`];
  if (rotation === null) {
    if (last !== null)
      lines.push(`The last rotation was ${last.outcome} ${formatRelative(last.endedAt, now)}.`);
    lines.push('It is not being rotated; `tulle roots rotate` begins.');
    return `${lines.join('\n')}\n`;
  }
  const { phase, newRoot, confirmed, agents, holdouts, next, unusedTokens } = rotation;
  lines.push(`New root:      ${newRoot.fingerprint}.`, steps[phase]);
  lines.push(`${confirmed} of ${agents} agents ${agents === 1 ? 'is' : 'are'} known to ${rotation.demand}.`);
  if (next === 'retired' && unusedTokens > 0)
    lines.push(`Join tokens not used yet: ${unusedTokens}. They stop to work when the old root is retired.`);
  if (holdouts.length === 0) lines.push(`Next: ${forward[next]}`);
  const rows = holdouts.map(({ instance, reason, mayBeLeft }) => [
    instance,
    mayBeLeft ? `${reason} It may be left behind (--without).` : reason,
  ]);
  const waiting = rows.length === 0 ? '' : table([['HELD UP BY', 'BECAUSE'], ...rows]);
  return `${lines.join('\n')}\n${waiting}`;
}
