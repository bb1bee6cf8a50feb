import type { Member } from '../agents/member.ts';
import type { StandingView } from './view.ts';

const mostShown = 100;
type Caller = Pick<Member, 'service' | 'gauges'>;

/** How the present agents of other services treat the endpoints of one, those of a caller that agree together. */
export function standingsOf(service: string, callers: Iterable<Caller>): StandingView[] {
  const found = new Map<string, StandingView>();
  for (const { service: caller, gauges } of callers) {
    for (const { endpoint, state, reason, until, service: of } of gauges?.standings ?? []) {
      if (of !== service) continue;
      const key = `${endpoint} ${caller} ${state}`;
      const known = found.get(key);
      found.set(key, {
        ...{ endpoint, caller, state, reason: known?.reason ?? reason },
        agents: (known?.agents ?? 0) + 1,
        until: known === undefined ? until : later(known.until, until),
      });
    }
  }
  return [...found.values()].sort(byName).slice(0, mostShown);
}

/** null has no end that is known. */
function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}

function byName(a: StandingView, b: StandingView): number {
  const [one, other] = [`${a.endpoint} ${a.caller}`, `${b.endpoint} ${b.caller}`];
  return one < other ? -1 : Number(one > other);
}
