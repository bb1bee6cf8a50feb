import { MeshError } from '@tulle/mesh/errors';
import { advance } from '@tulle/mesh/rollout/advance';
import { isFinal, type RolloutState } from '@tulle/mesh/rollout/state';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { Fleet } from '../agents/fleet.ts';
import { advisoryLocks } from '../changes/advisory-locks.ts';
import type { ApplyChange } from '../changes/apply-change.ts';
import type { Notifications } from '../changes/notifications.ts';
import type { LiveBus } from '../live/bus.ts';
import type { TelemetryStore } from '../telemetry/store.ts';
import { applyEffect } from './apply-effect.ts';
import { type Leadership, seekLeadership } from './leadership.ts';
import { measureArms } from './measure.ts';
import { type RolloutStore, rolloutChannel, type StoredRollout } from './rollout-store.ts';
import { stepEndsAt } from './step-clock.ts';

/** Carries rollouts on, in one replica at a time. */
export interface RolloutRunner {
  start(): Promise<void>;
  /** Looks at a rollout now, if this replica leads; the leader of another hears of it from the database. */
  wake(id: string): void;
  /** Finishes the transition under way, and leaves the rest to the next leader. */
  stop(): Promise<void>;
}

export interface RunnerDependencies {
  readonly database: Pick<Database, 'url'>;
  readonly store: RolloutStore;
  readonly notifications: Notifications;
  readonly applyChange: ApplyChange;
  readonly fleet: Fleet;
  readonly telemetry: Pick<TelemetryStore, 'edges'>;
  readonly bus: LiveBus;
  readonly logger: Logger;
  readonly now?: () => number;
}

const analysisTickMs = 1_000;
const retryMs = 1_000;
/** What setTimeout can wait for, some 24 days; a freeze may be longer, and is looked at again then. */
const maxTimerMs = 2 ** 31 - 1;

/** One rollout in the hands of the leader: at most one run of it at a time, and one timer. */
interface Hand {
  running: Promise<void> | undefined;
  again: boolean;
  timer: NodeJS.Timeout | undefined;
}

export function createRolloutRunner(dependencies: RunnerDependencies): RolloutRunner {
  const { database, store, notifications, telemetry, bus, logger, now = Date.now } = dependencies;
  const hands = new Map<string, Hand>();
  let leading = false;
  let leadership: Leadership | undefined;
  let stopListening: (() => void) | undefined;

  function wake(id: string): void {
    if (!leading) return;
    const hand = hands.get(id) ?? { running: undefined, again: false, timer: undefined };
    hands.set(id, hand);
    clearTimeout(hand.timer);
    hand.again = true;
    hand.running ??= run(id, hand).finally(() => {
      hand.running = undefined;
      if (hand.again) wake(id);
    });
  }

  async function run(id: string, hand: Hand): Promise<void> {
    try {
      let delayMs: number | undefined = 0;
      while (leading && (hand.again || delayMs === 0)) {
        hand.again = false;
        delayMs = await step(id);
      }
      if (delayMs === undefined) hands.delete(id);
      else wakeLater(id, hand, delayMs);
    } catch (error) {
      logger.error({ err: error, rollout: id }, 'a rollout could not go on, trying again');
      wakeLater(id, hand, retryMs);
    }
  }

  function wakeLater(id: string, hand: Hand, delayMs: number): void {
    if (!leading || !Number.isFinite(delayMs)) return;
    hand.timer = setTimeout(() => wake(id), Math.min(maxTimerMs, Math.max(1, delayMs)));
  }

  /** One transition at most. How long until it is worth looking again; undefined when the rollout is over. */
  async function step(id: string): Promise<number | undefined> {
    const rollout = await store.find(id);
    if (rollout === undefined || isFinal(rollout.state.phase)) return undefined;
    const { effect } = rollout.state;
    return effect === null ? await look(rollout) : await carryOut(rollout, effect);
  }

  async function carryOut(rollout: StoredRollout, effect: NonNullable<RolloutState['effect']>) {
    const result = await applyEffect(rollout, effect, { ...dependencies, now }).catch(
      async (error: unknown) => {
        // What the gate refuses now may pass later: an instance comes back, or a person aborts.
        if (error instanceof MeshError) {
          await store.noteObstacle(rollout, `Cannot set the weight: ${error.message} Trying again.`);
        }
        throw error;
      },
    );
    if (!result.applied && result.why === 'outdated') return 0;
    const signals = result.applied ? { effectApplied: effect.id } : { effectFrozen: effect.id };
    const transition = advance(rollout, now(), signals);
    const revision = result.applied ? result.revision : undefined;
    if (transition.changed && (await store.persist(rollout, transition, revision))) {
      told(rollout, transition.state);
    }
    return 0;
  }

  async function look(rollout: StoredRollout): Promise<number> {
    const isAnalysing = rollout.state.phase === 'analysing';
    const analysis = isAnalysing ? await measureArms(telemetry, rollout, now()) : undefined;
    const transition = advance(rollout, now(), { analysis });
    if (transition.changed) {
      if (await store.persist(rollout, transition)) told(rollout, transition.state);
      return 0;
    }
    if (isAnalysing) {
      // The verdict may read differently now.
      bus.publish({ type: 'rollout', id: rollout.id, service: rollout.spec.service });
      return analysisTickMs;
    }
    const endsAt = stepEndsAt(rollout, now());
    return endsAt === null ? Number.POSITIVE_INFINITY : Math.max(1, endsAt - now());
  }

  function told({ id, spec }: StoredRollout, { phase, transition, stepIndex }: RolloutState): void {
    logger.info({ rollout: id, service: spec.service, phase, transition, stepIndex }, 'a rollout went on');
    bus.publish({ type: 'rollout', id, service: spec.service });
  }

  function wakeAll(): void {
    store.activeIds().then(
      (ids) => ids.forEach(wake),
      (error: unknown) => {
        logger.error({ err: error }, 'could not look for rollouts, trying again');
        if (leading) setTimeout(wakeAll, retryMs).unref();
      },
    );
  }

  function dropAll(): void {
    leading = false;
    for (const { timer } of hands.values()) clearTimeout(timer);
  }

  return {
    wake,
    start: async () => {
      stopListening = await notifications.listen(rolloutChannel, {
        onPayload: wake,
        onReconnect: wakeAll,
      });
      leadership = seekLeadership({
        database,
        lock: advisoryLocks.rolloutRunner,
        logger,
        onLead: () => {
          leading = true;
          wakeAll();
        },
        onLost: dropAll,
      });
    },
    stop: async () => {
      dropAll();
      stopListening?.();
      // The lock is kept until the transition under way is stored.
      await Promise.all([...hands.values()].map(({ running }) => running));
      await leadership?.stop();
    },
  };
}
