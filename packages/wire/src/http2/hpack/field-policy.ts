import { staticNameIndexes } from './static-table.ts';

/** How a sender writes the fields of a name. */
export const POLICY = {
  /** Into the table, as long as what stands there is used again. */
  index: 0,
  /** Never into the table: the next value is another one and would only push out what repeats. */
  literal: 1,
  /** RFC 7541 section 7.1.3: secrets that a table would let others guess at, and which nobody behind may index. */
  sensitive: 2,
  /** RFC 9113 section 8.2.2: belongs to one connection of HTTP/1.1, or is said otherwise in HTTP/2. */
  forbidden: 3,
} as const;
export type Policy = (typeof POLICY)[keyof typeof POLICY];

const literal =
  'age b3 baggage content-digest content-length content-md5 content-range date etag expires grpc-message ' +
  'grpc-timeout idempotency-key if-match if-modified-since if-none-match if-range if-unmodified-since ' +
  'last-modified location range sec-websocket-accept sec-websocket-key traceparent tracestate uber-trace-id ' +
  'x-amzn-trace-id x-b3-parentspanid x-b3-spanid x-b3-traceid x-cloud-trace-context x-correlation-id ' +
  'x-envoy-upstream-service-time x-request-id x-request-start x-response-time x-runtime';
const sensitive = 'authorization cookie proxy-authorization set-cookie';
const forbidden = 'connection host http2-settings keep-alive proxy-connection te transfer-encoding upgrade';

const policies = new Map<string, Policy>([
  ...literal.split(' ').map((name): [string, Policy] => [name, POLICY.literal]),
  ...sensitive.split(' ').map((name): [string, Policy] => [name, POLICY.sensitive]),
  ...forbidden.split(' ').map((name): [string, Policy] => [name, POLICY.forbidden]),
]);

/** Values of one name that may enter the table before any of them was used again. */
const INITIAL_CREDIT = 4;
const MAX_CREDIT = 16;

/** A name as one encoder knows it. */
export class SentName {
  readonly text: string;
  readonly policy: Policy;
  /** Index in the static table, or 0. */
  readonly staticIndex: number;
  /** Number of the newest entry with this name in the dynamic table; it may have left since. */
  newest = 0;
  private credit = INITIAL_CREDIT;

  constructor(text: string) {
    this.text = text;
    this.policy = policies.get(text) ?? POLICY.index;
    this.staticIndex = staticNameIndexes.get(text) ?? 0;
  }

  /** An entry with this name was used again. */
  reward(): void {
    if (this.credit < MAX_CREDIT) this.credit++;
  }

  /** Whether a new value may enter the table. Names whose values never repeat run out of credit. */
  spend(): boolean {
    if (this.credit === 0) return false;
    this.credit--;
    return true;
  }
}
