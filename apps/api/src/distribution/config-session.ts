import type { AckInput, ConfigInput, ConfigMessage } from '@tulle/mesh/agent-protocol';
import { MeshError } from '@tulle/mesh/errors';
import { type CompiledViews, meshResource, resourceName, serviceOf } from './compiled-views.ts';

const maxServices = 10_000;
/** An agent that answers pings but no push is sent the next one nevertheless. */
const ackTimeoutMs = 15_000;

/** What a session asks of the rest of the distribution. */
export interface SessionDependencies {
  readonly views: Pick<CompiledViews, 'get' | 'named'>;
  revision(): number;
  /** This agent now takes changes of the service. */
  hold(service: string): void;
  release(service: string): void;
  pushed(): void;
  answered(answer: SessionAnswer): void;
  now(): number;
}

export interface SessionAnswer {
  readonly revision: number;
  readonly rejected: AckInput['rejected'];
  /** Revisions this answer settles, with how long that took. */
  readonly settled: readonly {
    readonly revision: number;
    readonly latencyMs: number;
    readonly names: readonly string[];
  }[];
  /** The first answer on a connection also settles what was changed while the agent was away. */
  readonly first: boolean;
}

interface Awaited {
  readonly committedAt: number;
  readonly names: Set<string>;
}

/**
 * One agent's view of the configuration: which resources it wants, which hashes it has, and what it must still
 * learn. There is one push under way at most; what changes meanwhile is gathered, and only the newest text is sent.
 */
export class ConfigSession {
  readonly #dependencies: SessionDependencies;
  readonly #wanted = new Set<string>();
  readonly #held = new Map<string, string>();
  readonly #dirty = new Set<string>();
  readonly #awaited = new Map<number, Awaited>();
  #renewAsked = false;
  #push = 0;
  #outstanding: { push: number; revision: number; at: number } | undefined;
  #answeredOnce = false;
  #wake: (() => void) | undefined;
  #running = false;
  #closed = false;

  constructor(dependencies: SessionDependencies, ownService: string) {
    this.#dependencies = dependencies;
    this.#want(meshResource);
    this.#want(resourceName(ownService));
  }

  /** The subscription. Ends when the signal aborts. */
  async *messages(input: ConfigInput, signal: AbortSignal): AsyncGenerator<ConfigMessage, void, undefined> {
    if (this.#running)
      throw new MeshError('bad_request', 'There is a subscription on this connection already.');
    this.#running = true;
    const wake = () => this.#wake?.();
    signal.addEventListener('abort', wake, { once: true });
    try {
      this.watch(input.services);
      for (const [name, hash] of Object.entries(input.held)) {
        this.#want(name);
        this.#held.set(name, hash);
        this.#dirty.add(name);
      }
      yield this.#compose();
      while (!signal.aborted && !this.#closed) {
        if (this.#hasWork() && this.#mayPush()) {
          const message = this.#compose();
          if (message.resources.length + message.drop.length + message.directives.length > 0) yield message;
          // Changed there and back meanwhile: the agent holds it already.
          else this.acknowledge({ push: message.push, revision: message.revision, rejected: [] });
        } else await this.#nextEvent();
      }
    } finally {
      this.#running = false;
      this.#outstanding = undefined;
      signal.removeEventListener('abort', wake);
    }
  }

  watch(services: readonly string[]): void {
    for (const service of services) {
      const name = resourceName(service);
      this.#want(name);
      // Also when it is wanted already: the agent asks because it waits for an answer.
      this.#dirty.add(name);
    }
    this.#wake?.();
  }

  /** A resource may have another text; `change` when a person's change is the reason. */
  touch(name: string, change?: { revision: number; committedAt: number }): void {
    if (!this.#wanted.has(name)) return;
    this.#dirty.add(name);
    if (change !== undefined) {
      const awaited = this.#awaited.get(change.revision) ?? {
        committedAt: change.committedAt,
        names: new Set(),
      };
      awaited.names.add(name);
      this.#awaited.set(change.revision, awaited);
    }
    this.#wake?.();
  }

  askToRenew(): void {
    this.#renewAsked = true;
    this.#wake?.();
  }

  acknowledge(input: AckInput): void {
    // An answer to an older push says nothing of what was sent since.
    if (this.#outstanding === undefined || input.push !== this.#outstanding.push) return;
    const { revision } = this.#outstanding;
    this.#outstanding = undefined;
    const now = this.#dependencies.now();
    const settled: SessionAnswer['settled'][number][] = [];
    for (const [awaitedRevision, { committedAt, names }] of this.#awaited) {
      if (awaitedRevision > revision) continue;
      this.#awaited.delete(awaitedRevision);
      settled.push({ revision: awaitedRevision, latencyMs: now - committedAt, names: [...names] });
    }
    const first = !this.#answeredOnce;
    this.#answeredOnce = true;
    this.#dependencies.answered({ revision, rejected: input.rejected, settled, first });
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    for (const name of this.#wanted) {
      const service = serviceOf(name);
      if (service !== undefined) this.#dependencies.release(service);
    }
    this.#wake?.();
  }

  #want(name: string): void {
    if (this.#wanted.has(name)) return;
    if (this.#wanted.size > maxServices && !this.#giveUpOne()) {
      throw new MeshError('too_many', `An agent can follow at most ${maxServices} services.`);
    }
    this.#wanted.add(name);
    this.#dirty.add(name);
    const service = serviceOf(name);
    if (service !== undefined) this.#dependencies.hold(service);
  }

  /** As the agent does when its callers invent names: what there is no view of gives way, the oldest first. */
  #giveUpOne(): boolean {
    for (const name of this.#wanted) {
      const service = serviceOf(name);
      if (service === undefined || this.#dependencies.views.get(name) !== undefined) continue;
      this.#dependencies.release(service);
      return this.#wanted.delete(name);
    }
    return false;
  }

  /** A view that rules no longer name stays wanted: the agent may have called that service itself meanwhile. */
  #wantNamed(name: string): void {
    for (const other of this.#dependencies.views.named(name))
      if (this.#wanted.size < maxServices) this.#want(other);
  }

  #hasWork(): boolean {
    return this.#dirty.size > 0 || this.#renewAsked;
  }

  #mayPush(): boolean {
    if (this.#outstanding === undefined) return true;
    return this.#dependencies.now() - this.#outstanding.at > ackTimeoutMs;
  }

  #compose(): ConfigMessage {
    const { views, revision, now } = this.#dependencies;
    const resources: ConfigMessage['resources'] = [];
    const drop: string[] = [];
    // What is wanted on the way is visited, too: rules and the views they name come in one message.
    for (const name of this.#dirty) {
      const text = views.get(name);
      if (text !== undefined) this.#wantNamed(name);
      if (text === undefined) {
        drop.push(name);
        this.#held.delete(name);
      } else if (this.#held.get(name) !== text.hash) {
        resources.push(text);
        this.#held.set(name, text.hash);
      }
    }
    this.#dirty.clear();
    const directives: ConfigMessage['directives'] = this.#renewAsked ? ['renew-certificate'] : [];
    this.#renewAsked = false;
    this.#push++;
    this.#outstanding = { push: this.#push, revision: revision(), at: now() };
    this.#dependencies.pushed();
    return { push: this.#push, revision: this.#outstanding.revision, resources, drop, directives };
  }

  #nextEvent(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#hasWork() ? setTimeout(done, ackTimeoutMs) : undefined;
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      this.#wake = done;
    });
  }
}
