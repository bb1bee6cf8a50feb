/** Which agents hold the view of which service, and so take changes of it. */
export class Holders {
  readonly #agents = new Map<string, Set<string>>();

  hold(service: string, agentId: string): void {
    const ids = this.#agents.get(service) ?? new Set<string>();
    this.#agents.set(service, ids.add(agentId));
  }

  release(service: string, agentId: string): void {
    const ids = this.#agents.get(service);
    ids?.delete(agentId);
    if (ids?.size === 0) this.#agents.delete(service);
  }

  of(service: string): ReadonlySet<string> {
    return this.#agents.get(service) ?? new Set();
  }
}
