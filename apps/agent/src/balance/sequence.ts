/** 1/φ: multiples of it fill the unit interval more evenly than those of any other number. */
const GOLDEN = 0.618_033_988_749_894_9;

/**
 * A low-discrepancy sequence in [0, 1) (Kronecker): any run of n values is spread to within O(log n / n),
 * so a 70/30 split is exact to a request or two in a hundred. The random start keeps many agents, or one that
 * restarts often, from all giving their first requests to the same version.
 */
export class EvenSequence {
  private value: number;

  constructor(start = Math.random()) {
    this.value = start;
  }

  next(): number {
    const sum = this.value + GOLDEN;
    this.value = sum >= 1 ? sum - 1 : sum;
    return this.value;
  }
}
