import { generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { bitString, context, objectIdentifier, pem, sequence, set, smallInteger, utf8String } from './der.ts';

const commonName = '2.5.4.3';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

export interface CertificateRequest {
  readonly keyPem: string;
  readonly csrPem: string;
}

/**
 * A fresh P-256 key and the PKCS#10 request (RFC 2986) that proves it. The subject is for the eyes of people only:
 * whom the certificate names is decided by the API, from the token or the certificate that comes with the request.
 */
export async function makeCertificateRequest(instance: string): Promise<CertificateRequest> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    csrPem: pem('CERTIFICATE REQUEST', signedRequest(instance, publicKey, privateKey)),
  };
}

function signedRequest(instance: string, publicKey: KeyObject, privateKey: KeyObject): Buffer {
  // RFC 5280 upper bound of a common name: 64 characters.
  const name = sequence(set(sequence(objectIdentifier(commonName), utf8String(instance.slice(0, 64)))));
  const info = sequence(smallInteger(0), name, publicKey.export({ type: 'spki', format: 'der' }), context(0));
  const signature = sign('sha256', info, privateKey);
  return sequence(info, sequence(objectIdentifier(ecdsaWithSha256)), bitString(signature));
}
