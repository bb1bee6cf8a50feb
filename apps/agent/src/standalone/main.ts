import { pino } from 'pino';
import { startStandalone } from './standalone.ts';

/** `main.ts <file>`: the standalone agent as a process of its own. */
const DRAIN_TIMEOUT_MS = 10_000;

async function run(file: string | undefined): Promise<void> {
  if (file === undefined) throw new Error('usage: main.ts <mesh.yaml>');
  const logger = pino(
    { level: process.env.TULLE_LOG_LEVEL ?? 'info' },
    pino.destination({ dest: 2, sync: true }),
  );
  const standalone = await startStandalone(file, logger);
  const stop = () => void standalone.close(DRAIN_TIMEOUT_MS).then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.on('SIGHUP', () => {
    standalone.reload();
    standalone.plane.reopenLogs();
  });
  process.on('SIGUSR2', () => {
    standalone
      .writeBundle()
      .catch((error: unknown) => logger.error({ err: error }, 'no diagnostic bundle was written'));
  });
  logger.info({ ports: standalone.ports, readyMs: Math.round(performance.now()) }, 'ready');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

run(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
});
