import type { OutlierDetection } from '@tulle/mesh/outlier-detection';

/**
 * Whether one backend is left out because of how it answered. After its time it is on probation: it gets one request at
 * a time, until one succeeds, or one fails and it goes out for twice as long. One failure is enough, because a backend
 * that was ejected has shown that it can fail in a row; one request at a time, because with its full share many would
 * be on their way before the first had failed.
 */
export class Ejection {
  /** Since the process began. */
  count = 0;
  reason = '';
  until = 0;
  /** Ejected, or back and not yet proved by a success. */
  onProbation = false;
  private inRow = 0;

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
