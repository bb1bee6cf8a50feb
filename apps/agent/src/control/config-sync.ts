import type { AckInput, ConfigMessage, ResourceText } from '@tulle/mesh/agent-protocol';
import { type MeshView, meshViewSchema, type ServiceView, serviceViewSchema } from '@tulle/mesh/service-view';
import * as z from 'zod/mini';
import { sha256 } from '../config-store/checksummed-file.ts';
import type { StoredConfig } from '../config-store/config-store.ts';
import type { DataPlane } from '../data-plane.ts';
import { parseJson } from './parse-json.ts';

interface Held {
  readonly hash: string;
  readonly text: string;
  /** Undefined for the resource `mesh`. */
  readonly view: ServiceView | undefined;
}

export interface ConfigSyncOptions {
  readonly dataPlane: Pick<DataPlane, 'apply'>;
  readonly save: (config: StoredConfig) => void;
  /** Puts what concerns every agent into force. Throws when it cannot be. */
  readonly onMesh: (mesh: MeshView) => void;
  /** Declared upstreams and services called before. */
  readonly called: () => string[];
}

/** The resources in force: takes each config message apart, applies what is good, and says what was not. */
export class ConfigSync {
  readonly #options: ConfigSyncOptions;
  #held = new Map<string, Held>();
  #revision = 0;
  #rejected: readonly { name: string; reason: string }[] = [];

  constructor(options: ConfigSyncOptions) {
    this.#options = options;
  }

  get revision(): number {
    return this.#revision;
  }

  /** What the last message could not bring into force. */
  get rejected(): readonly { name: string; reason: string }[] {
    return this.#rejected;
  }

  /** Resource name -> hash, as the subscription wants it. */
  hashes(): Record<string, string> {
    return Object.fromEntries([...this.#held].map(([name, { hash }]) => [name, hash]));
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  /** Resource name -> its text as it came. */
  texts(): Record<string, string> {
    return Object.fromEntries([...this.#held].map(([name, { text }]) => [name, text]));
  }

  /** What was stored on disk; resources this version cannot read are left for the API to send again. */
  restore(stored: StoredConfig): void {
    this.#bringIntoForce(stored.resources, []);
    this.#revision = stored.revision;
  }

  /** All or nothing per resource: one that is rejected leaves its former state in force. */
  take(message: ConfigMessage): AckInput {
    this.#rejected = this.#bringIntoForce(message.resources, message.drop);
    this.#revision = message.revision;
    if (message.resources.length > 0 || message.drop.length > 0) this.save();
    return { push: message.push, revision: message.revision, rejected: [...this.#rejected] };
  }

  /** Has what is in force written to disk. */
  save(): void {
    if (this.#held.size === 0 && this.#revision === 0) return;
    this.#options.save({
      format: 1,
      revision: this.#revision,
      resources: [...this.#held].map(([name, { hash, text }]) => ({ name, hash, text })),
      // A name that was asked for in error must not be asked for for ever.
      called: this.#options.called().filter((service) => this.#held.has(`service/${service}`)),
    });
  }

  #bringIntoForce(
    resources: readonly ResourceText[],
    drop: readonly string[],
  ): { name: string; reason: string }[] {
    const rejected: { name: string; reason: string }[] = [];
    const next = new Map(this.#held);
    for (const name of drop) next.delete(name);
    for (const resource of resources) {
      const reason = this.#admit(resource, next);
      if (reason !== undefined) rejected.push({ name: resource.name, reason: reason.slice(0, 1_000) });
    }
    const views = [...next.values()].flatMap(({ view }) => view ?? []);
    for (const { name: service, reason } of this.#options.dataPlane.apply(views).rejected) {
      const name = `service/${service}`;
      const former = this.#held.get(name);
      if (former === undefined) next.delete(name);
      else next.set(name, former);
      rejected.push({ name, reason: reason.slice(0, 1_000) });
    }
    this.#held = next;
    return rejected;
  }

  /** Puts one resource into `next`, or says why not. Kinds that only newer versions know are passed over. */
  #admit({ name, hash, text }: ResourceText, next: Map<string, Held>): string | undefined {
    if (sha256(text) !== hash) return 'its text does not have the hash it came with';
    const json = parseJson(text);
    if (json === undefined) return 'its text is not JSON';
    if (name === 'mesh') {
      const mesh = meshViewSchema.safeParse(json);
      if (!mesh.success) return z.prettifyError(mesh.error);
      const reason = attempt(() => this.#options.onMesh(mesh.data));
      if (reason === undefined) next.set(name, { hash, text, view: undefined });
      return reason;
    }
    if (!name.startsWith('service/')) return undefined;
    const view = serviceViewSchema.safeParse(json);
    if (!view.success) return z.prettifyError(view.error);
    if (name !== `service/${view.data.service}`) return `it is the view of ${view.data.service}`;
    next.set(name, { hash, text, view: view.data });
    return undefined;
  }
}

function attempt(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
