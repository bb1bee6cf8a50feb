import type { Backend } from './backend.ts';
import type { PickRequest } from './pick-request.ts';

/** Chooses among the backends of a version. Made when a configuration is applied. */
export interface Balancer {
  /** Undefined when none is usable, or none but the one to avoid. */
  pick(request: PickRequest): Backend | undefined;
}

/** Uniform in [0, 1). */
export type Random = () => number;
