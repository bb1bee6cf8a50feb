import { startServer } from '@tulle/api/server';
import { openDatabase } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import { readOperatorFile } from '../access.ts';
import { connectApi } from '../api-client.ts';
import { report } from '../failure.ts';
import { type Announce, createAnnounce } from './announce.ts';
import { Closers } from './closers.ts';
import { createLogger } from './log.ts';
import type { Settings } from './settings.ts';
import { aborted, stopSignal } from './stop-signal.ts';
import { startWeb } from './web-handler.ts';

/** Everything in one process on one port, until it is told to stop. Ends the process. */
export async function runServer(settings: Settings): Promise<void> {
  const stop = stopSignal();
  const closers = new Closers();
  const announce = createAnnounce(process.stdout);
  try {
    const logger = createLogger(settings);
    await start(settings, { announce, closers, logger, stop });
    await aborted(stop);
    process.stdout.write('Stopping …\n');
  } catch (error) {
    report(error);
  }
  await closers.closeAll().catch(report);
  // Next keeps timers of its own.
  process.exit();
}

interface Surroundings {
  readonly announce: Announce;
  readonly closers: Closers;
  readonly logger: Logger;
  readonly stop: AbortSignal;
}

/** Each step only when nobody has asked to stop meanwhile. */
async function start(settings: Settings, { announce, closers, logger, stop }: Surroundings): Promise<void> {
  const { dataDir, databaseUrl } = settings;
  const database = await openDatabase({ dataDir, databaseUrl, logger });
  closers.add(() => database.close());
  announce.done('Database', databaseUrl === undefined ? `PostgreSQL in ${dataDir}` : 'at DATABASE_URL');
  if (stop.aborted) return;

  const web = await startWeb(settings);
  if (web !== undefined) closers.add(() => web.close());
  announce.done('Dashboard', web === undefined ? 'not built' : 'ready');
  if (stop.aborted) return;

  const api = await startServer({ settings, database, logger, web: web?.handler });
  closers.add(() => api.close());
  announce.done('API', `${api.url}, agents at ${api.agentsUrl}`);
  if (stop.aborted) return;

  if (settings.demo) {
    const { startDemo } = await import('../demo/supervisor.ts');
    const { runBeside } = await import('../demo/free-run.ts');
    const { serveDemoControl } = await import('../demo/control-server.ts');
    const demo = await startDemo({
      api: connectApi(readOperatorFile(dataDir)),
      agentsUrl: api.agentsUrl,
      dataDir,
      firstPort: settings.demoPort ?? runBeside(api.port),
      logger,
    });
    closers.add(() => demo.stop());
    demo.settled.catch((err) => logger.error({ err }, 'the demo did not come up as it should'));
    closers.add(await serveDemoControl(demo, dataDir));
    announce.done('Demo mesh', `${demo.status().length} services and versions are starting`);
  }
  announce.link(
    'Open this link to sign in (it works once). Ctrl-C stops everything.',
    await api.welcomeUrl(),
  );
}
