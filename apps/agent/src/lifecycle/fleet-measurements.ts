import type { Measurements } from '../record/measurements.ts';
import { countersOf, noMeasurements, sumMeasurements } from '../record/sum-measurements.ts';

/**
 * What the processes that carry traffic measured. They are asked whenever somebody looks: it is too much to be sent
 * every round. Who has ended still counts, with what it said last.
 */
export class FleetMeasurements<Peer> {
  private readonly said = new Map<Peer, Measurements>();
  private readonly unanswered = new Set<Peer>();
  private readonly waiting = new Set<() => void>();
  private ended = noMeasurements;

  /**
   * Resolves when all have answered, or after `timeoutMs`: who has not counts with what it said before, so that no
   * counter falls. Nobody is asked again before it has answered.
   */
  async refresh(peers: Iterable<Peer>, ask: (peer: Peer) => void, timeoutMs: number): Promise<void> {
    for (const peer of peers) {
      if (this.unanswered.has(peer)) continue;
      this.unanswered.add(peer);
      ask(peer);
    }
    if (this.unanswered.size === 0) return;
    const answered = Promise.withResolvers<void>();
    const timer = setTimeout(answered.resolve, timeoutMs);
    this.waiting.add(answered.resolve);
    await answered.promise;
    this.waiting.delete(answered.resolve);
    clearTimeout(timer);
  }

  hear(peer: Peer, measured: Measurements): void {
    this.said.set(peer, measured);
    this.settle(peer);
  }

  forget(peer: Peer): void {
    const last = this.said.get(peer);
    this.said.delete(peer);
    if (last !== undefined) this.ended = sumMeasurements([this.ended, countersOf(last)]);
    this.settle(peer);
  }

  sum(): Measurements {
    return sumMeasurements([this.ended, ...this.said.values()]);
  }

  private settle(peer: Peer): void {
    this.unanswered.delete(peer);
    if (this.unanswered.size > 0) return;
    for (const done of this.waiting) done();
  }
}
