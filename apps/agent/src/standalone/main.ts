import { pino } from 'pino';
import { startStandalone } from './standalone.ts';

/** `main.ts <file>`: the standalone agent as a process of its own. */
const DRAIN_TIMEOUT_MS = 10_000;

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write('usage: main.ts <mesh.yaml>\n');
  process.exit(2);
}
const logger = pino(
  { level: process.env.TULLE_LOG_LEVEL ?? 'info' },
  pino.destination({ dest: 2, sync: true }),
);

try {
  const standalone = await startStandalone(file, logger);
  logger.info({ ports: standalone.ports, readyMs: Math.round(performance.now()) }, 'ready');
  const stop = () => {
    standalone.close(DRAIN_TIMEOUT_MS).then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.on('SIGHUP', () => void standalone.reload());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? describe(error) : String(error)}\n`);
  process.exit(1);
}

function describe(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
