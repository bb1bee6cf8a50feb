import { readTextFile } from '../text-file.ts';
import type { ServerCertificate } from './server-certificates.ts';

/** Paths of PEM files: the leaf and what stands between it and its root, and its key. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Throws with the path and the reason when one cannot be read. Small files, read seldom. */
export function readCertificate({ certificate, key }: CertificateFiles): ServerCertificate {
  return {
    certificatePath: certificate,
    certificateChainPem: readTextFile(certificate),
    keyPath: key,
    keyPem: readTextFile(key),
  };
}
