import { renameSync, writeFileSync } from 'node:fs';
import type { Logger } from './logger.ts';

/**
 * Says which process is the agent now, and that it is ready: in the file of `--pid-file`, and to systemd where it asks
 * (Type=notify), through its own program, since Node has no datagrams over Unix sockets.
 */
export function announceReady(pidFile: string | undefined, logger: Logger): void {
  if (pidFile !== undefined) writePidFile(pidFile, logger);
  if (process.env.NOTIFY_SOCKET !== undefined) void notifySystemd(logger);
}

function writePidFile(path: string, logger: Logger): void {
  try {
    writeFileSync(`${path}.new`, `${process.pid}\n`);
    renameSync(`${path}.new`, path);
  } catch (error) {
    logger.error({ err: error, file: path }, 'the file with the process id could not be written');
  }
}

async function notifySystemd(logger: Logger): Promise<void> {
  const { execFile } = await import('node:child_process');
  execFile('systemd-notify', ['--ready', `--pid=${process.pid}`], { timeout: 5_000 }, (error) => {
    if (error !== null) logger.warn({ err: error }, 'systemd could not be told that the agent is ready');
  });
}
