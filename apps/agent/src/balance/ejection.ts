import type { OutlierDetection } from '@tulle/mesh/outlier-detection';

/**
 * Whether one backend is left out because of how it answered. After its time it is on probation: it gets one request at
 * a time until as many have succeeded in a row as failures eject one, or until one fails and it goes out for twice as
 * long. One failure is enough, because it has shown what it can do; one request at a time, because with its full share
 * many would be on their way before the first had failed; several successes, because one that fails half of its
 * requests passes every second single test.
 */
export class Ejection {
  /** Since the process began. */
  count = 0;
  reason = '';
  until = 0;
  /** Ejected, or back and not yet proved. */
  onProbation = false;
  private inRow = 0;
  private successesToGo = 0;

  isOver(now: number): boolean {
    return now >= this.until;
  }

  begin(reason: string, settings: OutlierDetection, now: number): void {
    const lengthMs = Math.min(settings.maxEjectionMs, settings.baseEjectionMs * 2 ** this.inRow);
    this.inRow = Math.min(this.inRow + 1, 30);
    this.count++;
    this.reason = reason;
    this.until = now + lengthMs;
    this.onProbation = true;
    this.successesToGo = Math.max(1, settings.consecutiveFailures);
  }

  /** A request succeeded on probation: whether that was the last one asked of it. */
  proves(): boolean {
    this.successesToGo--;
    return this.successesToGo <= 0;
  }

  passProbation(): void {
    this.onProbation = false;
    this.reason = '';
  }

  /** An interval without an ejection: the next will be half as long, so that old sins are forgotten step by step. */
  forgive(): void {
    if (!this.onProbation && this.inRow > 0) this.inRow--;
  }

  /** Outlier detection was switched off. */
  pardon(): void {
    this.until = 0;
    this.inRow = 0;
    this.passProbation();
  }
}
