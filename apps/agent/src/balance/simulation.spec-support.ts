import type { Backend } from './backend.ts';
import type { Random } from './balancer.ts';
import { quickRandom } from './quick-random.ts';
import { EvenSequence } from './sequence.ts';
import { applyTo, asked, endpointOf, registryOf } from './spec-fleet.spec-support.ts';
import { Split } from './split.ts';

/** What is simulated: requests that come at random to instances which work on a few at a time. */
export interface Scenario {
  readonly instances: number;
  /** Requests an instance works on at once; others wait in order. */
  readonly workers: number;
  /** Mean time of work, in milliseconds; its length is exponential. */
  readonly meanMs: number;
  /** The first instance takes so many times longer. */
  readonly slowFactor: number;
  /** Share of requests that fail at the first instance, after {@link failMs}. */
  readonly failing: number;
  readonly failMs: number;
  /** Of what the other instances can do. */
  readonly utilisation: number;
  readonly requests: number;
  readonly seed: number;
}

export interface Outcome {
  readonly at: number;
  readonly latencyMs: number;
  readonly failed: boolean;
  readonly instance: number;
}

/** Chooses the instance of a request, and hears how it went. */
export interface Dispatcher {
  pick(now: number): number;
  done(instance: number, latencyMs: number, failed: boolean, now: number): void;
  tick(now: number): void;
}

const TICK_MS = 50;

interface Event {
  readonly at: number;
  readonly run: (now: number) => void;
}

/** What is to happen, by time: a binary heap. */
class Agenda {
  private readonly heap: Event[] = [];

  add(event: Event): void {
    const { heap } = this;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if ((heap[parent] as Event).at <= event.at) break;
      heap[place] = heap[parent] as Event;
      place = parent;
    }
    heap[place] = event;
  }

  take(): Event | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && (heap[child + 1] as Event).at < (heap[child] as Event).at) child++;
      if ((heap[child] as Event).at >= last.at) break;
      heap[place] = heap[child] as Event;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

/** Runs a scenario to its end and returns how each request went, in the order in which they came to their end. */
export function simulate(scenario: Scenario, dispatcherOf: (random: Random) => Dispatcher): Outcome[] {
  const arrivals = quickRandom(scenario.seed);
  const work = quickRandom(scenario.seed + 1);
  const dispatcher = dispatcherOf(quickRandom(scenario.seed + 2));
  const agenda = new Agenda();
  const outcomes: Outcome[] = [];
  const queues = Array.from({ length: scenario.instances }, () => ({ busy: 0, waiting: [] as number[] }));
  const perMs = (scenario.utilisation * (scenario.instances - 1) * scenario.workers) / scenario.meanMs;
  let left = scenario.requests;

  const begin = (instance: number, arrivedAt: number, now: number): void => {
    const isFirst = instance === 0;
    const failed = isFirst && work() < scenario.failing;
    const meanMs = scenario.meanMs * (isFirst ? scenario.slowFactor : 1);
    const takesMs = failed ? scenario.failMs : -Math.log(1 - work()) * meanMs;
    agenda.add({ at: now + takesMs, run: (end) => finish(instance, arrivedAt, failed, end) });
  };
  const finish = (instance: number, arrivedAt: number, failed: boolean, now: number): void => {
    const latencyMs = now - arrivedAt;
    outcomes.push({ at: now, latencyMs, failed, instance });
    dispatcher.done(instance, latencyMs, failed, now);
    const queue = queues[instance];
    const next = queue?.waiting.shift();
    if (next !== undefined) begin(instance, next, now);
    else if (queue !== undefined) queue.busy--;
  };
  const arrive = (now: number): void => {
    const instance = dispatcher.pick(now);
    const queue = queues[instance];
    if (queue === undefined) throw new Error(`there is no instance ${instance}`);
    if (queue.busy < scenario.workers) {
      queue.busy++;
      begin(instance, now, now);
    } else {
      queue.waiting.push(now);
    }
    left--;
    if (left > 0) agenda.add({ at: now - Math.log(1 - arrivals()) / perMs, run: arrive });
  };
  const tick = (now: number): void => {
    dispatcher.tick(now);
    if (left > 0) agenda.add({ at: now + TICK_MS, run: tick });
  };
  agenda.add({ at: 0, run: tick });
  agenda.add({ at: 0, run: arrive });
  for (let event = agenda.take(); event !== undefined; event = agenda.take()) event.run(event.at);
  return outcomes;
}

/** The classes of the data path, as an agent uses them; its clock moves with the ticks, as the agent's own does. */
export function realDispatcher(
  scenario: Scenario,
  random: Random,
): { dispatcher: Dispatcher; backends: readonly Backend[] } {
  const { registry, clock } = registryOf({ random });
  const endpoints = Array.from({ length: scenario.instances }, (_, index) => endpointOf(index));
  const fleet = applyTo(registry, endpoints);
  const { backends } = fleet;
  const split = new Split([fleet.share(undefined, 1)], new EvenSequence(random()));
  const indexes = new Map(backends.map((backend, index) => [backend, index]));
  const dispatcher: Dispatcher = {
    pick() {
      const backend = split.pick(asked(clock.now)) as Backend;
      backend.active++;
      return indexes.get(backend) as number;
    },
    done(instance, latencyMs, failed, now) {
      const backend = backends[instance] as Backend;
      backend.observe(latencyMs, failed, now);
      backend.active--;
    },
    tick(now) {
      clock.now = now;
      registry.sweep(now);
    },
  };
  return { dispatcher, backends };
}

/** Says when the first instance is ejected for the first time. */
export function firstEjection(
  { dispatcher, backends }: ReturnType<typeof realDispatcher>,
  ejected: (at: number) => void,
): Dispatcher {
  const failing = backends[0] as Backend;
  let told = false;
  const look = (now: number): void => {
    if (told || failing.ejection.count === 0) return;
    told = true;
    ejected(now);
  };
  return {
    pick: dispatcher.pick,
    done(instance, latencyMs, failed, now) {
      dispatcher.done(instance, latencyMs, failed, now);
      look(now);
    },
    tick(now) {
      dispatcher.tick(now);
      look(now);
    },
  };
}

/** Share of the requests that ended well, of those that ended after `at`. */
export function successSince(outcomes: readonly Outcome[], at: number): number {
  const later = outcomes.filter((outcome) => outcome.at > at);
  return later.filter(({ failed }) => !failed).length / later.length;
}

/** Knows how fast each instance is and all that is on it: the shortest expected wait, looked for among all. */
export function idealDispatcher(scenario: Scenario, random: Random): Dispatcher {
  const active = new Array<number>(scenario.instances).fill(0);
  const waitOf = (instance: number): number => {
    const meanMs = scenario.meanMs * (instance === 0 ? scenario.slowFactor : 1);
    const queued = Math.max(0, (active[instance] as number) + 1 - scenario.workers);
    return meanMs * (1 + queued / scenario.workers);
  };
  return {
    pick() {
      let best = Math.floor(random() * scenario.instances);
      for (let step = 1; step < scenario.instances; step++) {
        const other = (best + step) % scenario.instances;
        if (waitOf(other) < waitOf(best)) best = other;
      }
      active[best] = (active[best] as number) + 1;
      return best;
    },
    done(instance) {
      active[instance] = (active[instance] as number) - 1;
    },
    tick() {},
  };
}

/** By nearest rank. */
export function percentile(outcomes: readonly Outcome[], percent: number): number {
  const sorted = outcomes.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] as number;
}
