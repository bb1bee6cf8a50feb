import { MemoryShedding } from '../concurrency/memory-shedding.ts';
import type { Exchange } from './exchange.ts';

/** The exchanges in flight, linked through themselves, so that beginning and ending one allocates nothing. */
export class ActiveExchanges {
  count = 0;
  readonly shedding = new MemoryShedding();
  private first: Exchange | undefined = undefined;

  add(exchange: Exchange): void {
    exchange.next = this.first;
    if (this.first !== undefined) this.first.previous = exchange;
    this.first = exchange;
    this.count++;
  }

  remove(exchange: Exchange): void {
    if (exchange.previous === undefined) this.first = exchange.next;
    else exchange.previous.next = exchange.next;
    if (exchange.next !== undefined) exchange.next.previous = exchange.previous;
    exchange.previous = undefined;
    exchange.next = undefined;
    this.count--;
  }

  sweep(now: number): void {
    let exchange = this.first;
    while (exchange !== undefined) {
      // Timing out unlinks it.
      const next: Exchange | undefined = exchange.next;
      // One that was ended along with another is not ended again.
      if (!exchange.over) exchange.checkDeadlines(now);
      exchange = next;
    }
  }
}
