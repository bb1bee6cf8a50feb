/** Why a backend is chosen, or is not. The first that holds, in this order but for `available`, which is the last. */
export type BackendCondition =
  | 'draining'
  | 'connecting-failed'
  | 'ejected'
  | 'unhealthy'
  | 'warming'
  | 'available';

export interface BackendState {
  readonly why: BackendCondition;
  /** What led to it, for people; '' when there is nothing to say. */
  readonly reason: string;
  /** When it ends, milliseconds of `performance.now()`; undefined when that depends on what comes. */
  readonly until: number | undefined;
}
