import { seededRandom } from '../specs/seeded-random.ts';
import { ConcurrencyLimit, REFUSED } from './concurrency-limit.ts';
import type { ConcurrencyBounds } from './limit-estimator.ts';
import type { Priority } from './priority.ts';

type Random = () => number;

export interface Simulation {
  /** Requests the service works on at once; others wait in its queue. */
  readonly workers: number;
  /** How long one takes by itself, drawn for each. */
  serviceMs(random: Random, now: number): number;
  /** Requests a second that arrive at random (Poisson), whatever becomes of others. */
  rate(now: number): number;
  readonly priority?: (random: Random) => Priority;
  readonly bounds?: ConcurrencyBounds;
  readonly seconds: number;
}

export interface Second {
  answered: number;
  refused: number;
  readonly latenciesMs: number[];
  /** At its end. */
  limit: number;
  baselineMs: number;
}

interface Request {
  readonly arrivedAt: number;
  readonly ticket: number;
}

/** Plays a service behind a limit in simulated time; one entry for each second. */
export function simulate(simulation: Simulation): { seconds: Second[]; limit: ConcurrencyLimit } {
  const { workers, serviceMs, rate, priority = () => 1, seconds: length } = simulation;
  const random = seededRandom(7);
  const limit = new ConcurrencyLimit(simulation.bounds ?? { min: 8, max: 1_000 }, 0);
  const endings = new Agenda<Request>();
  const queue: Request[] = [];
  const seconds: Second[] = [];
  let busy = 0;
  let arrival = 0;

  const start = (request: Request, now: number) => {
    busy++;
    endings.add(now + serviceMs(random, now), request);
  };
  const arrive = (now: number, second: Second) => {
    arrival = now + (-Math.log(1 - random()) * 1_000) / rate(now);
    const ticket = limit.admit(priority(random));
    if (ticket === REFUSED) second.refused++;
    else if (busy < workers) start({ arrivedAt: now, ticket }, now);
    else queue.push({ arrivedAt: now, ticket });
  };
  const end = (request: Request, now: number, second: Second) => {
    busy--;
    const latencyMs = now - request.arrivedAt;
    limit.release(request.ticket, latencyMs, true, now);
    second.answered++;
    second.latenciesMs.push(latencyMs);
    const next = queue.shift();
    if (next !== undefined) start(next, now);
  };

  for (;;) {
    const now = Math.min(arrival, endings.nextAt);
    const index = Math.floor(now / 1_000);
    if (index >= length) return { seconds, limit };
    const second = secondAt(seconds, index);
    if (arrival <= endings.nextAt) arrive(now, second);
    else end(endings.take(), now, second);
    second.limit = limit.limit;
    second.baselineMs = limit.baselineMs;
  }
}

function secondAt(seconds: Second[], index: number): Second {
  const known = seconds[index];
  if (known !== undefined) return known;
  const made = { answered: 0, refused: 0, latenciesMs: [], limit: 0, baselineMs: 0 };
  seconds[index] = made;
  return made;
}

/** What happens when: a binary heap. */
class Agenda<Item> {
  private readonly heap: { readonly at: number; readonly item: Item }[] = [];

  get nextAt(): number {
    return this.heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  add(at: number, item: Item): void {
    const { heap } = this;
    let index = heap.length;
    heap.push({ at, item });
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.at(parent) <= this.at(index)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  take(): Item {
    const { heap } = this;
    this.swap(0, heap.length - 1);
    const taken = heap.pop();
    if (taken === undefined) throw new RangeError('nothing left');
    for (let index = 0; ; ) {
      const left = index * 2 + 1;
      const child = this.at(left + 1) < this.at(left) ? left + 1 : left;
      if (this.at(index) <= this.at(child)) return taken.item;
      this.swap(index, child);
      index = child;
    }
  }

  private at(index: number): number {
    return this.heap[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  private swap(first: number, second: number): void {
    const { heap } = this;
    const [a, b] = [heap[first], heap[second]];
    if (a === undefined || b === undefined) return;
    heap[first] = b;
    heap[second] = a;
  }
}
