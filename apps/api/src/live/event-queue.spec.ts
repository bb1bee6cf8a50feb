import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';
import type { LiveEvent } from './view.ts';

async function take(queue: EventQueue, count: number): Promise<LiveEvent[]> {
  const events: LiveEvent[] = [];
  for await (const event of queue) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

const ack = (revision: number): LiveEvent => ({ type: 'ack', revision });

describe('the queue of a reader', () => {
  it('hands out events in order, those that wait and those that come', async () => {
    const queue = new EventQueue();
    queue.push(ack(1));
    const taken = take(queue, 3);
    queue.push({ type: 'agents' });
    queue.push({ type: 'certificates' });
    expect(await taken).toEqual([ack(1), { type: 'agents' }, { type: 'certificates' }]);
  });

  it('tells a slow reader of the same thing once, at its newest place', async () => {
    const queue = new EventQueue();
    for (const event of [ack(1), { type: 'agents' } as const, ack(1), ack(2), ack(1)]) queue.push(event);
    expect(await take(queue, 3)).toEqual([{ type: 'agents' }, ack(2), ack(1)]);
  });

  it('drops the oldest when a slow reader lets it fill', async () => {
    const queue = new EventQueue(3);
    for (let revision = 1; revision <= 10; revision++) queue.push(ack(revision));
    expect(await take(queue, 3)).toEqual([ack(8), ack(9), ack(10)]);
  });

  it('ends when it is closed, waiting or not', async () => {
    const queue = new EventQueue();
    const taken = take(queue, 1);
    queue.close();
    expect(await taken).toEqual([]);
    queue.push(ack(1));
    expect(await take(queue, 1)).toEqual([]);
  });
});
