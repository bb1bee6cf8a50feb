type Refusals = ReadonlyMap<string, number>;

/** What sessions of HTTP/2 refused, by reason, since the process began: of those that are over and those that go on. */
export class ProtocolRefusals {
  private readonly past = new Map<string, number>();
  private readonly live = new Set<Refusals>();

  follow(refusals: Refusals): void {
    this.live.add(refusals);
  }

  /** The session is over: its counts stay. */
  settle(refusals: Refusals): void {
    if (this.live.delete(refusals)) addTo(this.past, refusals);
  }

  totals(): ReadonlyMap<string, number> {
    const sum = new Map(this.past);
    for (const refusals of this.live) addTo(sum, refusals);
    return sum;
  }
}

function addTo(sum: Map<string, number>, refusals: Refusals): void {
  for (const [reason, count] of refusals) sum.set(reason, (sum.get(reason) ?? 0) + count);
}
