import type { LiveEvent } from './view.ts';

/**
 * Events for one reader: at most `maxEvents`. An event that waits already is not added twice but moves to the end,
 * and the oldest is dropped when a slow reader lets the queue fill: pages fetch the newest state anyway.
 */
export class EventQueue implements AsyncIterable<LiveEvent> {
  readonly #waiting = new Map<string, LiveEvent>();
  readonly #maxEvents: number;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(maxEvents = 256) {
    this.#maxEvents = maxEvents;
  }

  push(event: LiveEvent): void {
    if (this.#closed) return;
    const key = keyOf(event);
    this.#waiting.delete(key);
    if (this.#waiting.size >= this.#maxEvents) {
      const oldest = this.#waiting.keys().next();
      if (!oldest.done) this.#waiting.delete(oldest.value);
    }
    this.#waiting.set(key, event);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#waiting.clear();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LiveEvent, void, undefined> {
    while (!this.#closed) {
      const next = this.#waiting.entries().next();
      if (next.done) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const [key, event] = next.value;
      this.#waiting.delete(key);
      yield event;
    }
  }
}

function keyOf(event: LiveEvent): string {
  switch (event.type) {
    case 'change':
    case 'ack':
      return `${event.type} ${event.revision}`;
    case 'rollout':
      return `rollout ${event.id}`;
    default:
      return event.type;
  }
}
