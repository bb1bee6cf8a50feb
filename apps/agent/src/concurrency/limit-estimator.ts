/** Latencies are judged by windows of at least so long, so many and twice their average: sooner a change shows no effect. */
const WINDOW_MS = 100;
const WINDOW_SAMPLES = 50;
/** Latency may grow by half over that without load before the limit shrinks. */
const TOLERANCE = 1.5;
/** Bounds of what one window asks for; the limit goes half of the way. */
const LOWEST_GRADIENT = 0.5;
const HIGHEST_GRADIENT = 1.5;
const SMOOTHING = 0.5;
/** How much of a window's latency goes into that without load, while the limit is far from being reached. */
const DRIFT = 0.05;
/** A latency above so many times that without load says no more than this. */
const MAX_RATIO = 8;

/** While it holds requests back, a part of the limit shows now and then what latency is without the queue. */
const PROBE_EVERY_MS = 10_000;
const PROBE_SHARE = 0.4;
const PROBE_SAMPLES = 50;
const PROBE_MAX_MS = 10_000;
/** Probes of slow services last long: between them so many times as much passes. */
const PROBE_PAUSE_TIMES = 20;
/** The limit shrank so many windows in a row: perhaps latency is higher for another reason than load. */
const SUSPICIOUS_WINDOWS = 5;
const SUSPICION_EVERY_MS = 1_000;

const INITIAL_LIMIT = 64;

export interface ConcurrencyBounds {
  readonly min: number;
  readonly max: number;
}

/**
 * How many requests a service can take at once, from how long they took: the gradient of Netflix's concurrency-limits
 * and Envoy's adaptive concurrency. The limit is multiplied by latency without load (times a tolerance) over latency
 * now, and grows by its square root, so that it settles where a short queue begins.
 *
 * What differs is the latency without load. A long-term average drifts up while an overload lasts, and a minimum is far
 * below the usual for latencies that vary. So it is an average of windows in which the limit was far away; while the
 * limit holds requests back it is measured by probes below it, which cost little and do not shed nearly all traffic as
 * measuring at a fixed minimum does. From one probe to the next, an estimate that was too high comes closer.
 */
export class LimitEstimator {
  private bounds: ConcurrencyBounds;
  /** In force; less than the estimate while it probes. */
  limit: number;
  /** Latency without load in milliseconds; 0 until the first window. */
  baselineMs = 0;
  private estimate: number;
  private probe: Probe | undefined = undefined;
  private probes = 0;
  private probedAt: number;
  private probePauseMs = PROBE_EVERY_MS;
  private windowStart: number;
  private sumMs = 0;
  private samples = 0;
  private peak = 0;
  private held = false;
  private shrunk = 0;

  constructor(bounds: ConcurrencyBounds, now: number) {
    this.bounds = bounds;
    this.estimate = clamp(INITIAL_LIMIT, bounds);
    this.limit = Math.floor(this.estimate);
    this.windowStart = now;
    this.probedAt = now - PROBE_EVERY_MS + SUSPICION_EVERY_MS;
  }

  configure(bounds: ConcurrencyBounds): void {
    this.bounds = bounds;
    this.estimate = clamp(this.estimate, bounds);
    if (this.probe === undefined) this.limit = Math.floor(this.estimate);
  }

  /** A request was refused. */
  onRefused(): void {
    this.held = true;
  }

  /** A request was let in. The number says which probe it belongs to, if any. */
  onAdmitted(): number {
    const { probe } = this;
    if (probe === undefined || probe.admitted === PROBE_SAMPLES) return 0;
    probe.admitted++;
    return probe.id;
  }

  /** A request ended; `inFlight` counts it too. A failure can only say that the service is slow: it may fail quickly. */
  onEnded(probeId: number, latencyMs: number, ok: boolean, inFlight: number, now: number): void {
    if (inFlight > this.peak) this.peak = inFlight;
    const { baselineMs, probe } = this;
    const counts = ok || (baselineMs > 0 && latencyMs > baselineMs);
    if (probe !== undefined) {
      if (probe.id === probeId) probe.end(counts ? latencyMs : undefined);
      this.maybeEndProbe(probe, now);
    } else if (counts) {
      this.sumMs += baselineMs > 0 ? Math.min(latencyMs, baselineMs * MAX_RATIO) : latencyMs;
      this.samples++;
      if (this.isWindowOver(now)) this.endWindow(now);
    }
  }

  private isWindowOver(now: number): boolean {
    const elapsedMs = now - this.windowStart;
    if (elapsedMs < WINDOW_MS || this.samples < WINDOW_SAMPLES) return false;
    return elapsedMs * this.samples >= 2 * this.sumMs;
  }

  private endWindow(now: number): void {
    const latencyMs = this.sumMs / this.samples;
    const reached = this.peak * 2 >= this.limit;
    if (this.baselineMs === 0) this.baselineMs = latencyMs;
    else if (!reached) this.baselineMs += (latencyMs - this.baselineMs) * DRIFT;
    this.adjust(latencyMs, reached);
    const sinceProbe = now - this.probedAt;
    const due = this.held && sinceProbe >= this.probePauseMs;
    const suspicious = this.shrunk >= SUSPICIOUS_WINDOWS && sinceProbe >= SUSPICION_EVERY_MS;
    if (due || suspicious) this.beginProbe(now);
    this.beginWindow(now);
  }

  private adjust(latencyMs: number, reached: boolean): void {
    const ratio = (this.baselineMs * TOLERANCE) / latencyMs;
    const gradient = Math.max(LOWEST_GRADIENT, Math.min(HIGHEST_GRADIENT, ratio));
    const { estimate } = this;
    const wanted = estimate * gradient + Math.sqrt(estimate);
    const next = clamp(estimate + (wanted - estimate) * SMOOTHING, this.bounds);
    this.shrunk = gradient < 1 && next <= estimate ? this.shrunk + 1 : 0;
    // A limit that is not reached says nothing about a higher one.
    if (next > estimate && !reached) return;
    this.estimate = next;
    this.limit = Math.floor(next);
  }

  private beginProbe(now: number): void {
    this.probe = new Probe(++this.probes);
    this.probedAt = now;
    this.shrunk = 0;
    this.limit = Math.max(this.bounds.min, Math.floor(this.estimate * PROBE_SHARE));
  }

  private maybeEndProbe(probe: Probe, now: number): void {
    const isComplete = probe.admitted === PROBE_SAMPLES && probe.ended === PROBE_SAMPLES;
    if (!isComplete && now - this.probedAt < PROBE_MAX_MS) return;
    if (probe.counted >= PROBE_SAMPLES / 2) this.baselineMs = probe.sumMs / probe.counted;
    this.probe = undefined;
    this.probePauseMs = Math.max(PROBE_EVERY_MS, (now - this.probedAt) * PROBE_PAUSE_TIMES);
    this.probedAt = now;
    this.limit = Math.floor(this.estimate);
    this.beginWindow(now);
  }

  private beginWindow(now: number): void {
    this.windowStart = now;
    this.sumMs = 0;
    this.samples = 0;
    this.peak = 0;
    this.held = false;
  }
}

/**
 * The first requests let in below the limit, when the queue is gone. All of them count, however long they take: those
 * that end first would tell of the quick ones only.
 */
class Probe {
  readonly id: number;
  admitted = 0;
  ended = 0;
  counted = 0;
  sumMs = 0;

  constructor(id: number) {
    this.id = id;
  }

  end(latencyMs: number | undefined): void {
    this.ended++;
    if (latencyMs === undefined) return;
    this.counted++;
    this.sumMs += latencyMs;
  }
}

function clamp(limit: number, { min, max }: ConcurrencyBounds): number {
  return Math.max(min, Math.min(max, limit));
}
