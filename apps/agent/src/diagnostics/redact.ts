import { isSensitiveField } from '../access-log/sensitive-fields.ts';

const REDACTED = '[redacted]';
const sensitiveKey = /token|secret|password|passphrase|credential|keypem|privatekey/i;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * A copy without secrets: values of keys that sound like one, of header fields that carry credentials (as keys, or as
 * `{name, value}`), private keys in PEM wherever they stand, and user and password in URLs.
 */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return redact(Object.fromEntries(value));
  const entries = Object.entries(value);
  const named = 'name' in value && typeof value.name === 'string' && isSensitiveField(value.name);
  return Object.fromEntries(
    entries.map(([key, content]) => [
      key,
      hides(key, named) && isThere(content) ? REDACTED : redact(content),
    ]),
  );
}

function hides(key: string, named: boolean): boolean {
  return sensitiveKey.test(key) || isSensitiveField(key) || (named && key === 'value');
}

function isThere(content: unknown): boolean {
  return content !== undefined && content !== null && typeof content !== 'number';
}

function redactText(text: string): string {
  if (privateKey.test(text)) return REDACTED;
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s@"]+@/gi, `$1${REDACTED}@`);
}
