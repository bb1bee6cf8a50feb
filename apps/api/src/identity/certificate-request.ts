import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { MeshError } from '@tulle/mesh/errors';

/** rfc5480 id-ecPublicKey with secp256r1, and rfc8410 id-Ed25519. */
const accepted = [{ name: 'ECDSA', namedCurve: 'P-256' }, { name: 'Ed25519' }];

/**
 * The public key of a certificate request whose signature proves that the sender holds the private one. Names and
 * extensions in the request are not looked at: who somebody is comes from the token or the old certificate.
 */
export async function publicKeyOfRequest(csrPem: string): Promise<x509.PublicKey> {
  const request = parse(csrPem);
  const { name, namedCurve } = { namedCurve: undefined, ...request.publicKey.algorithm };
  if (!accepted.some((one) => one.name === name && one.namedCurve === namedCurve)) {
    throw new MeshError('bad_request', 'The certificate request must have a P-256 or Ed25519 key.');
  }
  if (!(await signatureFits(request))) {
    throw new MeshError('bad_request', 'The signature of the certificate request does not fit its key.');
  }
  return request.publicKey;
}

function parse(csrPem: string): x509.Pkcs10CertificateRequest {
  try {
    return new x509.Pkcs10CertificateRequest(csrPem);
  } catch {
    throw new MeshError('bad_request', 'The certificate request is not PKCS #10 in PEM.');
  }
}

async function signatureFits(request: x509.Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    // A point that is not on the curve or a broken encoding is a signature that does not fit.
    return false;
  }
}
