import type { HashKey } from '@tulle/mesh/load-balancer';
import { cookieValue } from './cookie-value.ts';
import type { PickRequest } from './pick-request.ts';

/** What of a request decides where it goes; undefined when the request does not carry it. */
export type KeyReader = (request: Pick<PickRequest, 'head' | 'source'>) => string | undefined;

export function compileHashKey(key: HashKey): KeyReader {
  switch (key.by) {
    case 'header':
      return ({ head }) => head.get(key.name);
    case 'cookie':
      return ({ head }) => cookieValue(head, key.name);
    case 'source':
      return ({ source }) => (source === '' ? undefined : source);
  }
}
