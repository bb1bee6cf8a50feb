/** What waits, usually an exchange. */
interface Waiter {
  /** It no longer does. */
  readonly over: boolean;
}

/** On which something waits; a socket is one. */
export interface WaitingConnection {
  /** Nobody is there any more. */
  readonly destroyed: boolean;
}

/** Requests that may wait for views at once, all services together. */
const MAX_WAITING = 1_024;

/** Requests for services this agent has no view of yet: each waits, with a limit, for the view to come. */
export class AwaitingViews {
  /** How long one waits. */
  readonly timeoutMs: number;
  private readonly ask: (service: string) => void;
  private readonly waiting = new Map<string, { waiter: Waiter; retry: () => void }[]>();
  private count = 0;

  constructor(ask: (service: string) => void, timeoutMs: number) {
    this.ask = ask;
    this.timeoutMs = timeoutMs;
  }

  /** False when too many wait already. `retry` is called after the next configuration, unless the waiter is over. */
  add(service: string, waiter: Waiter, retry: () => void): boolean {
    this.forgetFinished();
    if (this.count >= MAX_WAITING) return false;
    this.count++;
    const others = this.waiting.get(service);
    if (others !== undefined) {
      others.push({ waiter, retry });
      return true;
    }
    this.waiting.set(service, [{ waiter, retry }]);
    this.ask(service);
    return true;
  }

  /**
   * For what has no deadline of its own: `then` is called once, when a configuration knows the service or after
   * {@link timeoutMs}; never, when the connection it waits for is gone. False when too many wait already.
   */
  waitAtMost(service: string, connection: WaitingConnection | undefined, then: () => void): boolean {
    let isDone = false;
    const waiter = {
      get over() {
        return isDone || connection?.destroyed === true;
      },
    };
    const finish = () => {
      if (waiter.over) return;
      isDone = true;
      clearTimeout(timer);
      then();
    };
    const timer = setTimeout(finish, this.timeoutMs);
    if (this.add(service, waiter, finish)) return true;
    clearTimeout(timer);
    return false;
  }

  /** A configuration came that knows `service` or not: only those it knows go on. */
  release(knows: (service: string) => boolean): void {
    for (const [service, entries] of [...this.waiting]) {
      if (!knows(service)) continue;
      this.waiting.delete(service);
      this.count -= entries.length;
      for (const { waiter, retry } of entries) if (!waiter.over) retry();
    }
  }

  /** Their own deadlines end them; here they are only let go. */
  forgetFinished(): void {
    for (const [service, entries] of [...this.waiting]) {
      const left = entries.filter(({ waiter }) => !waiter.over);
      this.count -= entries.length - left.length;
      if (left.length === 0) this.waiting.delete(service);
      else this.waiting.set(service, left);
    }
  }
}
