import type { HealthCheck } from '@tulle/mesh/health-check';
import type { Backend } from '../balance/backend.ts';
import type { Random } from '../balance/balancer.ts';
import type { HealthProbe, HealthVerdict } from './health-probe.ts';

/** Checks going on at once, all services together: checking must never be what an agent is busy with. */
const MAX_CONCURRENT = 16;
/** Part of the interval by which a check comes earlier or later, so that agents do not ask in step. */
const JITTER = 0.1;
/** The first check of an endpoint comes within this time, or within its interval when that is shorter. */
const FIRST_CHECK_WITHIN_MS = 1_000;

interface Watched {
  readonly backend: Backend;
  check: HealthCheck;
  dueAt: number;
  isBeingChecked: boolean;
  isHealthy: boolean;
  /** Verdicts in a row that contradict `isHealthy`. */
  contrary: number;
}

/**
 * Asks endpoints whether they are well, again and again. One that was not asked yet counts as healthy: it has been
 * announced by its own agent or declared by a person, and were it otherwise, an agent that starts, or a check that is
 * added, would take a whole service away until the answers are in.
 */
export class HealthChecker {
  private readonly probe: HealthProbe;
  private readonly random: Random;
  private readonly watched = new Map<Backend, Watched>();
  private running = 0;
  private now = 0;

  constructor(probe: HealthProbe, random: Random) {
    this.probe = probe;
    this.random = random;
  }

  /** From now on these are checked like this; not at all without `check`. */
  follow(backends: readonly Backend[], check: HealthCheck | undefined, now: number): void {
    for (const backend of backends) {
      const watched = this.watched.get(backend);
      if (check === undefined) {
        if (watched !== undefined) backend.clearHealth();
        this.forget(backend);
      } else if (watched === undefined) {
        this.watched.set(backend, this.begin(backend, check, now));
      } else {
        watched.check = check;
        watched.dueAt = Math.min(watched.dueAt, now + check.intervalMs);
      }
    }
  }

  forget(backend: Backend): void {
    this.watched.delete(backend);
  }

  /** Begins the checks whose time has come. */
  sweep(now: number): void {
    this.now = now;
    for (const watched of this.watched.values()) {
      if (this.running >= MAX_CONCURRENT) return;
      if (now >= watched.dueAt && !watched.isBeingChecked) this.ask(watched, now);
    }
  }

  private begin(backend: Backend, check: HealthCheck, now: number): Watched {
    const dueAt = now + this.random() * Math.min(FIRST_CHECK_WITHIN_MS, check.intervalMs);
    return { backend, check, dueAt, isBeingChecked: false, isHealthy: true, contrary: 0 };
  }

  private ask(watched: Watched, now: number): void {
    const { backend, check } = watched;
    watched.isBeingChecked = true;
    watched.dueAt = now + check.intervalMs * (1 + JITTER * (2 * this.random() - 1));
    // Whoever waits longest stands first: with more than can be asked at once, each still has its turn.
    this.watched.delete(backend);
    this.watched.set(backend, watched);
    this.running++;
    this.probe.check(backend, check, check.timeoutMs, (verdict, reason) => {
      this.running--;
      watched.isBeingChecked = false;
      if (this.watched.get(backend) === watched) judge(watched, verdict, reason, this.now);
    });
  }
}

function judge(watched: Watched, verdict: HealthVerdict, reason: string, now: number): void {
  const { backend, check, isHealthy } = watched;
  if (verdict === 'unknown') return;
  const says = verdict === 'healthy';
  watched.contrary = says === isHealthy ? 0 : watched.contrary + 1;
  if (watched.contrary >= (isHealthy ? check.unhealthyAfter : check.healthyAfter)) {
    watched.isHealthy = says;
    watched.contrary = 0;
  }
  backend.setHealth(watched.isHealthy, reason, now);
}
