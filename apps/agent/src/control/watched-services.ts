/** As many as one subscription may name. */
const MOST_SERVICES = 10_000;

/**
 * The services whose views this agent wants. Callers may invent names, so when there are too many, those give way first
 * that were asked for the longest time ago and have no view: whoever sends thousands of them keeps no service out.
 */
export class WatchedServices {
  private readonly declared: ReadonlySet<string>;
  private readonly names: Set<string>;
  private readonly hasView: (service: string) => boolean;
  private readonly most: number;

  /** `declared` are never given up. */
  constructor(
    declared: readonly string[],
    hasView: (service: string) => boolean,
    most: number = MOST_SERVICES,
  ) {
    this.declared = new Set(declared);
    this.names = new Set(declared);
    this.hasView = hasView;
    this.most = most;
  }

  list(): string[] {
    return [...this.names];
  }

  /** True: it is wanted from now on. False when it was before, or when all there are have views. */
  add(service: string): boolean {
    if (this.names.has(service)) return false;
    if (this.names.size >= this.most && !this.giveUpOne()) return false;
    this.names.add(service);
    return true;
  }

  private giveUpOne(): boolean {
    for (const service of this.names) {
      if (this.declared.has(service) || this.hasView(service)) continue;
      return this.names.delete(service);
    }
    return false;
  }
}
