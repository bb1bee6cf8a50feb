import type { MeshView } from '@tulle/mesh/service-view';
import type { DataPlane } from '../data-plane.ts';
import type { IdentityKeeper } from '../identity/identity-keeper.ts';
import { normaliseSerial } from '../mutual-tls/peer-certificate.ts';
import type { Reporter } from '../report/reporter.ts';

export interface MeshTakers {
  readonly dataPlane: Pick<DataPlane, 'setRevoked'>;
  readonly keeper: Pick<IdentityKeeper, 'current' | 'trust' | 'revoke'>;
  readonly reporter: Pick<Reporter, 'setIntervalMs'>;
}

/** Puts what concerns every agent into force. Throws when it cannot be, which rejects the resource. */
export function takeMesh(mesh: MeshView, { dataPlane, keeper, reporter }: MeshTakers): void {
  const identity = keeper.current;
  if (identity !== undefined && identity.trustDomain !== mesh.trustDomain) {
    throw new Error(`it is of the trust domain ${mesh.trustDomain}, this agent of ${identity.trustDomain}`);
  }
  keeper.trust(mesh.trustBundlePem);
  dataPlane.setRevoked(mesh.revokedSerials);
  reporter.setIntervalMs(mesh.reportIntervalMs);
  const own = identity && normaliseSerial(identity.serial);
  if (mesh.revokedSerials.some((serial) => normaliseSerial(serial) === own)) keeper.revoke();
}
