import type { Self } from '@tulle/mesh/service-view';
import manifest from '../../package.json' with { type: 'json' };
import type { AgentStatus } from '../admin/agent-status.ts';
import type { ConfigSync } from '../control/config-sync.ts';
import type { ControlClient } from '../control/control-client.ts';
import type { DataPlane } from '../data-plane.ts';
import type { IdentityKeeper } from '../identity/identity-keeper.ts';
import type { Renewal } from '../identity/renewal.ts';
import type { Reporter } from '../report/reporter.ts';
import type { LocalHealth } from './local-health.ts';

export interface AgentParticulars {
  readonly self: Self;
  readonly dataPlane: Pick<DataPlane, 'stats' | 'telemetry'>;
  readonly keeper: Pick<IdentityKeeper, 'current'>;
  readonly renewal: Pick<Renewal, 'nextAt'>;
  readonly config: Pick<ConfigSync, 'revision' | 'rejected'>;
  readonly control: Pick<ControlClient, 'connected'>;
  readonly reporter: Pick<Reporter, 'formerEpochs'>;
  readonly localHealth: Pick<LocalHealth, 'healthy'> | undefined;
  readonly startedAt: number;
  readonly notReady: readonly string[];
}

/** All that an agent of the API says of itself, at this moment. */
export function describeAgent(particulars: AgentParticulars): AgentStatus {
  const { self, dataPlane, keeper, renewal, config, control, reporter, localHealth } = particulars;
  const identity = keeper.current;
  const stats = dataPlane.stats();
  return {
    self,
    notReady: particulars.notReady,
    connected: control.connected,
    revision: config.revision,
    rejected: config.rejected,
    certificate: identity && {
      serial: identity.serial,
      notBefore: identity.notBefore,
      notAfter: identity.notAfter,
      renewAt: renewal.nextAt() ?? identity.notAfter,
      revoked: identity.revoked,
      trustDomain: identity.trustDomain,
    },
    stats,
    localHealthy: localHealth?.healthy ?? stats.localHealthy,
    telemetry: dataPlane.telemetry(),
    formerEpochs: reporter.formerEpochs,
    startedAt: particulars.startedAt,
    version: manifest.version,
  };
}
