/** How many retries a service may be given beside its live requests. */
export interface RetryBudget {
  /** A request (not a retry of one) begins. */
  onRequest(now: number): void;
  /** Takes one retry out of the budget, or says that none is left. */
  take(now: number): boolean;
}

/** For hops that cost the service nothing, such as the one to the local service. */
export const unlimitedRetries: RetryBudget = { onRequest() {}, take: () => true };
