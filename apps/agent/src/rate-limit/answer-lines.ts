import type { RateLimit } from '@tulle/mesh/rate-limit';

/**
 * RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-11 section 3, as a field line: a list of one item, with the
 * quota and its window. Windows are whole seconds, so the quota is that of the next whole number of them.
 */
export function policyLine({ name, requests, perMs }: RateLimit): string {
  const windowSeconds = Math.ceil(perMs / 1_000);
  const quota = Math.floor((requests * windowSeconds * 1_000) / perMs);
  return `ratelimit-policy: "${name}";q=${quota};w=${windowSeconds}\r\n`;
}

/**
 * Retry-After (RFC 9110 section 10.2.3), RateLimit-Policy and RateLimit (section 4 of the draft): nothing is left, and
 * until a token comes nothing will be. The two times are the same, as section 6 wants it.
 */
export function refusalLines(name: string, policy: string, waitMs: number): string {
  const seconds = Math.ceil(waitMs / 1_000);
  return `retry-after: ${seconds}\r\n${policy}ratelimit: "${name}";r=0;t=${seconds}\r\n`;
}
