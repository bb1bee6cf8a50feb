import type { RouterOutputs } from '@tulle/api/router-types';
import { listOf } from '@tulle/mesh/format';
import type { Tone } from '@/ui/status-tag';

type ServiceView = RouterOutputs['services']['get'];
export type Instance = ServiceView['instances'][number];
export type Standing = ServiceView['standings'][number];

interface StandingWords {
  readonly tone: Tone;
  readonly word: string;
  /** What comes when its time is over. */
  readonly next: string;
}

/** The most pressing first. */
const standings: Readonly<Record<string, StandingWords>> = {
  'connecting-failed': { tone: 'bad', word: 'unreachable', next: 'tried again' },
  ejected: { tone: 'bad', word: 'ejected', next: 'back on probation' },
  unhealthy: { tone: 'bad', word: 'fails its check', next: 'checked again' },
  probation: { tone: 'warn', word: 'on probation', next: 'back' },
  warming: { tone: 'quiet', word: 'warming up', next: 'its full share' },
};

/** A state that an agent newer than this page knows is shown as it is. */
export function standingWords(state: string): StandingWords {
  const known = Object.hasOwn(standings, state) ? standings[state] : undefined;
  return known ?? { tone: 'quiet', word: state.replaceAll('-', ' '), next: 'over' };
}

/** `tried again in 4 s`; `''` when nobody knows when. */
export function standingOutlook(
  { state, until }: Standing,
  inWords: (at: number) => string,
  now: number,
): string {
  if (until === null) return state === 'probation' ? 'one request at a time' : '';
  const { next } = standingWords(state);
  return until > now ? `${next} ${inWords(until)}` : `${next} any moment`;
}

export interface InstanceWords {
  readonly tone: Tone;
  readonly word: string;
  /** More than fits into a word; null when there is no more. */
  readonly why: string | null;
}

/** The worst that can be said of an instance: by its agent first, which knows it best, then by its callers. */
export function instanceWords(instance: Instance, ofCallers: readonly Standing[]): InstanceWords {
  const { revokedAt, leftAt, draining, connected, localHealthy, config } = instance;
  if (revokedAt !== null) return { tone: 'bad', word: 'revoked', why: 'Its certificates are refused.' };
  if (leftAt !== null)
    return { tone: 'quiet', word: 'left', why: 'It has shut down cleanly; callers send it nothing more.' };
  if (draining)
    return {
      tone: 'quiet',
      word: 'draining',
      why: 'It is stopping: callers send it nothing new, and it finishes what is in flight.',
    };
  if (!connected)
    return {
      tone: 'warn',
      word: 'disconnected',
      why: 'Its agent has no connection to the API; it serves with the configuration it has.',
    };
  if (config.state === 'rejected') return { tone: 'bad', word: 'rejected', why: config.reason };
  if (!localHealthy) return { tone: 'bad', word: 'unhealthy', why: 'The service does not answer its agent.' };
  const worst = worstOf(ofCallers);
  if (worst !== undefined) return worst;
  if (config.state === 'behind')
    return { tone: 'warn', word: 'behind', why: `It still runs revision ${config.revision}.` };
  return { tone: 'plain', word: 'serving', why: null };
}

function worstOf(ofCallers: readonly Standing[]): InstanceWords | undefined {
  const order = Object.keys(standings);
  const place = ({ state }: Standing) => (order.includes(state) ? order.indexOf(state) : order.length);
  const [worst] = [...ofCallers].sort((a, b) => place(a) - place(b));
  if (worst === undefined) return undefined;
  const { tone, word } = standingWords(worst.state);
  const callers = ofCallers.filter(({ state }) => state === worst.state).map(({ caller }) => caller);
  return { tone, word, why: `${worst.state === 'warming' ? 'For' : 'By'} ${listOf(callers)}: see below.` };
}
