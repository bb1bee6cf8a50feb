import type { Exchange } from './exchange.ts';

/** Requests that may wait for views at once, all services together. */
const MAX_WAITING = 1_024;

/** Requests for services this agent has no view of yet: each waits, with a limit, for the view to come. */
export class AwaitingViews {
  private readonly ask: (service: string) => void;
  private readonly waiting = new Map<string, { exchange: Exchange; retry: () => void }[]>();
  private count = 0;

  constructor(ask: (service: string) => void) {
    this.ask = ask;
  }

  /** False when too many wait already. `retry` is called after the next configuration, unless the exchange is over. */
  add(service: string, exchange: Exchange, retry: () => void): boolean {
    this.forgetFinished();
    if (this.count >= MAX_WAITING) return false;
    this.count++;
    const others = this.waiting.get(service);
    if (others !== undefined) {
      others.push({ exchange, retry });
      return true;
    }
    this.waiting.set(service, [{ exchange, retry }]);
    this.ask(service);
    return true;
  }

  /** A configuration came that knows `service` or not: only those it knows go on. */
  release(knows: (service: string) => boolean): void {
    for (const [service, entries] of [...this.waiting]) {
      if (!knows(service)) continue;
      this.waiting.delete(service);
      this.count -= entries.length;
      for (const { exchange, retry } of entries) if (!exchange.over) retry();
    }
  }

  /** Their own deadlines end them; here they are only let go. */
  forgetFinished(): void {
    for (const [service, entries] of [...this.waiting]) {
      const left = entries.filter(({ exchange }) => !exchange.over);
      this.count -= entries.length - left.length;
      if (left.length === 0) this.waiting.delete(service);
      else this.waiting.set(service, left);
    }
  }
}
