import type { DataPathErrorCode } from '../errors.ts';
import { PeerIdentityError } from './connector.ts';

/** OpenSSL's verdicts on a chain as Node names them, and Node's own on the name in it. */
const verificationErrors = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'INVALID_PURPOSE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** This process, or the system, has no descriptor left: nothing that another backend would change. */
const shortages = new Set(['EMFILE', 'ENFILE']);

/** Whether the peer could not be reached, or could not be believed, or was never asked. */
export function connectFailureCode(error: Error | undefined): DataPathErrorCode {
  const code = error !== undefined && 'code' in error ? String(error.code) : '';
  if (shortages.has(code)) return 'overloaded';
  const refused = verificationErrors.has(code);
  return refused || error instanceof PeerIdentityError ? 'identity_rejected' : 'connect_failed';
}
