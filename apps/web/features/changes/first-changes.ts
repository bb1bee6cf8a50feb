import type { RouterOutputs } from '@tulle/api/router-types';

export const changesPageSize = 100;

/** The newest changes as the server rendered them, of one service or of all (null). */
export interface FirstChanges {
  readonly service: string | null;
  readonly page: RouterOutputs['changes']['list'];
}
