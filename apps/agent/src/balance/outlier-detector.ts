import type { OutlierDetection } from '@tulle/mesh/outlier-detection';
import type { Backend } from './backend.ts';
import type { HealthChanges } from './version-group.ts';

/**
 * Finds the backends of one version that do worse than the others and leaves them out for a while. A success of active
 * health checks does not bring one back early: one that says it is well while requests fail is what this is for.
 */
export class OutlierDetector {
  private settings: OutlierDetection | undefined = undefined;
  private readonly backends: ReadonlySet<Backend>;
  private readonly changes: HealthChanges;
  private intervalEndsAt = Number.NaN;

  constructor(backends: ReadonlySet<Backend>, changes: HealthChanges) {
    this.backends = backends;
    this.changes = changes;
  }

  follow(settings: OutlierDetection): void {
    if (settings.intervalMs !== this.settings?.intervalMs) this.intervalEndsAt = Number.NaN;
    this.settings = settings;
    if (isOn(settings)) return;
    for (const { ejection } of this.backends) ejection.pardon();
    this.changes.count++;
  }

  /** One try came to its end: `failed` is a 5xx, a reset, a timeout or a failing gRPC status. */
  observe(backend: Backend, latencyMs: number, failed: boolean, now: number): void {
    const { settings } = this;
    if (settings === undefined) return;
    const { ejection, tally } = backend;
    // It began before the ejection ended, and says nothing about what has come since.
    if (ejection.onProbation && now - latencyMs < ejection.until) return;
    tally.add(latencyMs, failed, settings.latencyAbovePercent > 0);
    if (!failed) {
      if (ejection.onProbation && ejection.proves()) this.acquit(backend);
    } else if (ejection.onProbation) {
      if (!this.eject(backend, 'failed again after its ejection', now)) this.acquit(backend);
    } else if (settings.consecutiveFailures > 0 && tally.failuresInRow >= settings.consecutiveFailures) {
      this.eject(backend, `${tally.failuresInRow} failures in a row`, now);
    }
  }

  /** Compares the backends when an interval has ended. */
  sweep(now: number): void {
    const { settings } = this;
    if (settings === undefined || now < this.intervalEndsAt) return;
    const isFirst = Number.isNaN(this.intervalEndsAt);
    this.intervalEndsAt = now + settings.intervalMs;
    if (isFirst) return;
    const compared = [...this.backends].filter(
      ({ tally, ejection }) => tally.requests >= settings.minRequests && !ejection.onProbation,
    );
    if (settings.successRateBelowPercent > 0) this.compareSuccess(compared, settings, now);
    if (settings.latencyAbovePercent > 0) this.compareLatency(compared, settings, now);
    for (const { tally, ejection } of this.backends) {
      tally.beginInterval();
      if (ejection.isOver(now - settings.intervalMs)) ejection.forgive();
    }
  }

  /** The worst first, because not all may be ejected. */
  private compareSuccess(compared: readonly Backend[], settings: OutlierDetection, now: number): void {
    const requests = compared.reduce((sum, { tally }) => sum + tally.requests, 0);
    const failures = compared.reduce((sum, { tally }) => sum + tally.failures, 0);
    const worstFirst = compared.toSorted((a, b) => failurePercent(b) - failurePercent(a));
    for (const backend of worstFirst) {
      const { tally } = backend;
      const own = failurePercent(backend);
      const others = (100 * (failures - tally.failures)) / (requests - tally.requests);
      // Not a number when there are no others.
      if (!(own - others > settings.successRateBelowPercent)) continue;
      this.eject(backend, `success ${percent(100 - own)}, of the others ${percent(100 - others)}`, now);
    }
  }

  private compareLatency(compared: readonly Backend[], settings: OutlierDetection, now: number): void {
    const slowestFirst = compared
      .map((backend) => ({ backend, medianMs: backend.tally.medianMs }))
      .filter((entry): entry is { backend: Backend; medianMs: number } => entry.medianMs !== undefined)
      .sort((a, b) => b.medianMs - a.medianMs);
    const medians = slowestFirst.map(({ medianMs }) => medianMs);
    for (const [index, { backend, medianMs }] of slowestFirst.entries()) {
      const others = medianWithout(medians, index);
      if (others === undefined || medianMs * 100 <= others * settings.latencyAbovePercent) break;
      if (backend.ejection.onProbation) continue;
      this.eject(backend, `median of ${medianMs.toFixed(1)} ms, of the others ${others.toFixed(1)} ms`, now);
    }
  }

  /** False when so many are ejected that this one has to stay. */
  private eject(backend: Backend, reason: string, now: number): boolean {
    const { settings, backends } = this;
    if (settings === undefined || backends.size < 2) return false;
    let ejected = 0;
    for (const { ejection } of backends) if (!ejection.isOver(now)) ejected++;
    if (ejected >= Math.max(1, Math.floor((backends.size * settings.maxEjectedPercent) / 100))) return false;
    backend.ejection.begin(reason, settings, now);
    backend.tally.failuresInRow = 0;
    this.changes.count++;
    return true;
  }

  private acquit(backend: Backend): void {
    backend.ejection.passProbation();
    this.changes.count++;
  }
}

function isOn(settings: OutlierDetection): boolean {
  const { consecutiveFailures, successRateBelowPercent, latencyAbovePercent } = settings;
  return consecutiveFailures > 0 || successRateBelowPercent > 0 || latencyAbovePercent > 0;
}

function failurePercent({ tally }: Backend): number {
  return (100 * tally.failures) / tally.requests;
}

function percent(value: number): string {
  return `${value.toFixed(1)} %`;
}

/** Median of the sorted values but the one at `index`; undefined when there is no other. */
function medianWithout(sorted: readonly number[], index: number): number | undefined {
  const count = sorted.length - 1;
  if (count < 1) return undefined;
  const at = (place: number) => sorted[place < index ? place : place + 1] as number;
  return (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2;
}
