import type { Retries } from '@tulle/mesh/retries';
import { WindowedRetryBudget } from './retry-budget.ts';

/** The budgets of this agent, one for each service: they outlive configurations, or each would open a fresh one. */
export class RetryBudgetRegistry {
  private readonly budgets = new Map<string, WindowedRetryBudget>();

  /** `retries` are those of the service's Policy: a rule has its own conditions, but not its own budget. */
  obtain(service: string, retries: Retries, now: number): WindowedRetryBudget {
    const { budgetPercent, budgetMinPerSecond } = retries;
    const known = this.budgets.get(service);
    if (known !== undefined) {
      known.configure(budgetPercent, budgetMinPerSecond);
      return known;
    }
    const made = new WindowedRetryBudget(budgetPercent, budgetMinPerSecond, now);
    this.budgets.set(service, made);
    return made;
  }

  /** For metrics: service and budget. */
  entries(): Iterable<readonly [service: string, budget: WindowedRetryBudget]> {
    return this.budgets.entries();
  }

  forget(isKnown: (service: string) => boolean): void {
    for (const service of [...this.budgets.keys()]) if (!isKnown(service)) this.budgets.delete(service);
  }
}
