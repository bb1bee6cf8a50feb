const sensitive: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'authentication-info',
  'proxy-authentication-info',
  'cookie',
  'cookie2',
  'set-cookie',
  'set-cookie2',
  'x-api-key',
  'api-key',
  'apikey',
  'x-auth-token',
  'x-access-token',
  'x-csrf-token',
  'x-xsrf-token',
  'x-amz-security-token',
  'x-goog-api-key',
  'x-vault-token',
  'x-forwarded-client-cert',
]);

const sounds = /(?:^|[-_])(?:token|secret|password|passwd|credentials?|apikey|session(?:-?id)?)(?:$|[-_])/;

/** Whether a header field carries what its reader could act with. Never written anywhere, even when asked for. */
export function isSensitiveField(name: string): boolean {
  const lower = name.toLowerCase();
  return sensitive.has(lower) || sounds.test(lower);
}
