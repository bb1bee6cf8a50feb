import type { RequestHead } from '@tulle/wire/http/message-head';
import type { Backend } from './backend.ts';

/**
 * What may decide where a request goes. The exchange itself is one, so that nothing is made or computed for splits
 * and balancers that do not ask.
 */
export interface PickRequest {
  readonly head: RequestHead;
  /** Name of the calling service; at a gateway the address of the client. */
  readonly source: string;
  /** One that has just failed this request: taken only when there is no other. */
  readonly avoid: Backend | undefined;
  /** Milliseconds of `performance.now()`. */
  readonly now: number;
}
