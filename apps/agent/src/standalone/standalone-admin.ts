import manifest from '../../package.json' with { type: 'json' };
import type { AdminSource, VisibleState } from '../admin/admin-source.ts';
import type { DataPlane, DataPlaneLogger } from '../data-plane.ts';
import type { RecentErrors } from '../diagnostics/recent-errors.ts';
import { writeBundle } from '../diagnostics/write-bundle.ts';
import { defaultDataDir } from '../lifecycle/data-dir.ts';
import type { StandaloneConfig } from './standalone-config.ts';
import { viewsOf } from './views.ts';

export interface StandaloneAdminParts {
  readonly plane: DataPlane;
  /** That is in force. */
  readonly config: () => StandaloneConfig;
  /** Soon nothing is accepted any more. */
  readonly leaving: () => boolean;
  readonly recentErrors: RecentErrors;
  readonly restart: AdminSource['restart'];
  readonly logger: DataPlaneLogger;
}

/** What an agent without an API shows of itself: as one that is ready, with no revision and no session. */
export function standaloneAdmin(parts: StandaloneAdminParts): AdminSource {
  const { plane, config, leaving, recentErrors, restart, logger } = parts;
  const instance = `${config().self.service}-standalone`;
  const startedAt = Date.now() - process.uptime() * 1_000;
  const source: VisibleState = {
    status: () => {
      const stats = plane.stats();
      return {
        self: { ...config().self, instance },
        version: manifest.version,
        startedAt,
        notReady: leaving() ? ['stopping'] : [],
        connected: false,
        revision: 0,
        rejected: [],
        certificate: undefined,
        stats,
        localHealthy: stats.localHealthy,
        telemetry: plane.telemetry(),
        formerEpochs: 0,
      };
    },
    configTexts: () =>
      Object.fromEntries(viewsOf(config()).map((view) => [`service/${view.service}`, JSON.stringify(view)])),
    measurements: () => plane.measurements(),
  };
  return {
    ...source,
    restart,
    writeBundle: () => {
      const dataDir = defaultDataDir(instance, process.env);
      return writeBundle(dataDir, { source, settings: config(), problems: recentErrors.list() }, logger);
    },
  };
}
