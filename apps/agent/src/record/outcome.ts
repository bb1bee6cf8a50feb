/** What a request counts as that was answered: whose doing it was that it failed, if it did. */
export type Outcome = 'ok' | 'clientError' | 'serverError';

export function outcomeOfHttp(status: number): Outcome {
  if (status < 400) return 'ok';
  return status < 500 ? 'clientError' : 'serverError';
}
