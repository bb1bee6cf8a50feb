import { MeshError } from './errors.ts';

/** Which of the two roots of a rotation: the one in force before it, or the one that is to take its place. */
export type RotatedRoot = 'old' | 'new';

/**
 * Where a rotation of the root certificate stands. In every phase API and agents are to trust both roots; the phases
 * differ in which of them signs, and so in what must be so of every agent before the next step.
 *
 * `distributing`: the old root signs, agents learn to trust the new one. `reissuing`: the new root signs, agents renew.
 * `returning`: given up after the new root had signed; the old one signs again, agents renew.
 */
export type RotationPhase = 'distributing' | 'reissuing' | 'returning';

/** How a rotation ends: with the new root alone, or with the old one alone. */
export type RotationOutcome = 'retired' | 'aborted';

export interface RotationState {
  readonly phase: RotationPhase;
  /** When the phase began, milliseconds since the epoch. */
  readonly since: number;
}

/** One agent, as the API knows it. Those that are gone (said goodbye, revoked, certificate expired) are left out. */
export interface AgentTrust {
  readonly agentId: string;
  readonly instance: string;
  readonly service: string;
  readonly connected: boolean;
  /** Milliseconds since the epoch. */
  readonly lastSeenAt: number;
  /** The root of the newest certificate that was made for it; undefined for neither of the two. */
  readonly issued: RotatedRoot | undefined;
  /** What it last reported of itself; undefined when it has not, or is of a version that does not. */
  readonly reported:
    | {
        /** When, by the clock of the API. */
        readonly at: number;
        readonly roots: readonly RotatedRoot[];
        /** The root of the certificate it serves with. */
        readonly leaf: RotatedRoot | undefined;
      }
    | undefined;
}

export type HoldoutState = 'disconnected' | 'silent' | 'bundle' | 'certificate';

/** An agent that has not confirmed what the phase asks, and why. */
export interface Holdout {
  readonly agentId: string;
  readonly instance: string;
  readonly service: string;
  readonly state: HoldoutState;
  /** In words. */
  readonly reason: string;
  /** Whether it has been away for long enough to be left behind. */
  readonly mayBeLeft: boolean;
}

/** A restart or a short outage is no reason to make an agent join again. */
export const longOfflineMs = 300_000;

/** The root that signs in a phase. */
export function signingRoot(phase: RotationPhase): RotatedRoot {
  return phase === 'reissuing' ? 'new' : 'old';
}

/** What the agents must confirm before the step that follows, in words. */
export function demandOf(phase: RotationPhase): string {
  return phase === 'distributing'
    ? 'trust both roots'
    : `trust both roots and serve with a certificate of the ${signingRoot(phase)} one`;
}

/** Who has not confirmed what the phase asks, in the order given. `now` in milliseconds since the epoch. */
export function holdoutsOf(
  { phase, since }: RotationState,
  agents: readonly AgentTrust[],
  now: number,
): Holdout[] {
  return agents.flatMap((agent) => {
    const found = obstacleOf(agent, phase, since);
    if (found === undefined) return [];
    const { agentId, instance, service, connected, lastSeenAt } = agent;
    const mayBeLeft = !connected && now - lastSeenAt >= longOfflineMs;
    return [{ agentId, instance, service, ...found, mayBeLeft }];
  });
}

function obstacleOf(
  { connected, reported, issued }: AgentTrust,
  phase: RotationPhase,
  since: number,
): Pick<Holdout, 'state' | 'reason'> | undefined {
  // What was said before the phase began may have been true then alone.
  const said = reported !== undefined && reported.at >= since ? reported : undefined;
  const signing = signingRoot(phase);
  const trustsBoth = said?.roots.includes('old') === true && said.roots.includes('new');
  const isRenewed = phase === 'distributing' || (said?.leaf === signing && issued === signing);
  if (trustsBoth && isRenewed) return undefined;
  if (!connected) return { state: 'disconnected', reason: 'It is not connected.' };
  if (said === undefined) {
    return {
      state: 'silent',
      reason: 'It has not said what it trusts: it reports in a moment, or is of a version that cannot.',
    };
  }
  if (!trustsBoth) return { state: 'bundle', reason: 'It does not trust both roots yet.' };
  return { state: 'certificate', reason: `Its certificate is not of the ${signing} root yet.` };
}

/** What the step forward leads to. */
export function stepAfter(phase: RotationPhase): 'reissuing' | RotationOutcome {
  if (phase === 'distributing') return 'reissuing';
  return phase === 'reissuing' ? 'retired' : 'aborted';
}

/**
 * The step forward. `without` names instances to leave behind, each away for long: they may have to join again with a
 * new token. Throws a MeshError that names who holds it up. A connected agent is never left behind.
 */
export function advanceRotation(
  state: RotationState,
  agents: readonly AgentTrust[],
  { without, now }: { without: readonly string[]; now: number },
): 'reissuing' | RotationOutcome {
  const holdouts = holdoutsOf(state, agents, now);
  const left = new Set(without);
  const early = holdouts.filter(({ instance, mayBeLeft }) => left.has(instance) && !mayBeLeft);
  if (early.length > 0) {
    throw new MeshError(
      'action_not_allowed',
      `${listed(early)} cannot be left behind: only what has been away for five minutes can.`,
    );
  }
  const held = holdouts.filter(({ instance }) => !left.has(instance));
  if (held.length > 0) {
    throw new MeshError(
      'action_not_allowed',
      `Not every agent is known to ${demandOf(state.phase)}: ${listed(held)} ${held.length === 1 ? 'has' : 'have'} not confirmed it.`,
      { details: { holdouts: held.map(({ instance, state, reason }) => ({ instance, state, reason })) } },
    );
  }
  return stepAfter(state.phase);
}

/** Back to the old root: at once while nothing was signed by the new one, else by re-issuing. */
export function abortRotation(phase: RotationPhase): 'returning' | 'aborted' {
  if (phase === 'returning') {
    throw new MeshError('action_not_allowed', 'The rotation is being given up already; advance ends it.');
  }
  return phase === 'distributing' ? 'aborted' : 'returning';
}

function listed(holdouts: readonly Holdout[]): string {
  const named = holdouts.slice(0, 5).map(({ instance }) => instance);
  return holdouts.length > 5 ? `${named.join(', ')} and ${holdouts.length - 5} more` : named.join(', ');
}
