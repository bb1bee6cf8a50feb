import type { Person } from '../people/person.ts';

export type CertificateState = 'valid' | 'renewing' | 'expiring' | 'expired' | 'revoked';

export interface AuthorityView {
  readonly kind: 'root' | 'intermediate';
  readonly subject: string;
  readonly serial: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly pem: string;
}

export interface CertificatesOverview {
  readonly trustDomain: string;
  readonly authorities: readonly AuthorityView[];
  readonly counts: Readonly<Record<CertificateState, number>>;
  readonly lifetimeMs: number;
}

export interface CertificateRow {
  readonly agentId: string;
  readonly service: string;
  readonly instance: string;
  readonly spiffeId: string;
  readonly serial: string;
  readonly issuedAt: number;
  readonly notAfter: number;
  /** When the agent means to renew: half of the life, give or take the jitter. */
  readonly renewsAt: number;
  readonly state: CertificateState;
  /** Whether the agent is connected now, so that a renewal can be asked of it. */
  readonly connected: boolean;
}

export interface Certificates {
  overview(): Promise<CertificatesOverview>;
  /** The newest certificate of every instance. */
  list(): Promise<readonly CertificateRow[]>;
  pem(input: { serial: string }): Promise<{ pem: string }>;
  renew(person: Person, input: { agentId: string }): Promise<void>;
  /** Revokes the instance: its certificates are refused by API and peers, it can come back only with a new token. */
  revoke(person: Person, input: { agentId: string; reason: string }): Promise<void>;
}
