import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AgentOptions } from '../agent-command.ts';
import type { Address } from '../data-plane.ts';
import { parseConfig } from '../standalone/parse-config.ts';
import type { StandaloneConfig } from '../standalone/standalone-config.ts';
import { bindSocket } from './bound-socket.ts';
import type { HeldSocket } from './listening-sockets.ts';
import type { Logger } from './logger.ts';
import { UsageError } from './options.ts';
import { announceReady } from './service-manager.ts';
import { workerWords } from './supervised-worker.ts';
import { Workers } from './workers.ts';

/**
 * Runs `count` standalone agents that accept from the same sockets. This process binds them and carries no traffic, so
 * that connections wait in the queue of a socket while a worker is replaced, or has failed. Resolves with the exit code.
 */
export async function superviseWorkers(
  file: string,
  count: number,
  options: AgentOptions,
  asked: Promise<string>,
  logger: Logger,
): Promise<number> {
  const { listen } = readConfig(file);
  if (listen.dns !== undefined) throw new UsageError('DNS is answered by one process: leave out --workers.');
  const shared = await Promise.all(addressesOf(listen).map(([name, address]) => bindSocket(name, address)));
  const { admin } = listen;
  const own = async (index: number) => (admin === undefined ? [] : [await adminSocket(admin, index)]);
  const socketsOf = async (index: number) => [...shared, ...(await own(index))];
  let workers: Workers | undefined;
  // What is wrong is in the log.
  const replaceAll = () => void workers?.replaceAll().catch(() => {});
  const onStarted = (child: ChildProcess) =>
    child.on('message', (message) => message === workerWords.replaceAll && replaceAll());
  const workerOptions = { onStarted, stopsBySignal: true, timeoutMs: options.workerTimeoutMs };
  workers = await Workers.start(count, socketsOf, workerOptions, logger);
  for (const signal of ['SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => workers.signal(signal));
  process.on('SIGUSR1', replaceAll);
  announceReady(options.pidFile, logger);
  const ports = Object.fromEntries(shared.map(({ name, port }) => [name, port]));
  logger.info({ ports, workers: count }, 'all workers are ready');
  logger.info({ reason: await asked }, 'stopping');
  await workers.stop(options.drainDelayMs + options.drainTimeoutMs);
  return 0;
}

function readConfig(file: string): StandaloneConfig {
  try {
    return parseConfig(readFileSync(file, 'utf8'), file);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Listen = StandaloneConfig['listen'];

function addressesOf(listen: Listen): [string, Address][] {
  const { outbound, inbound, tlsPassthrough, gatewayHttp, gatewayHttps, upstreams } = listen;
  const fixed = {
    outbound,
    inbound,
    'tls-passthrough': tlsPassthrough,
    'gateway-http': gatewayHttp,
    'gateway-https': gatewayHttps,
  };
  const named = Object.entries(upstreams).map(
    ([service, address]) => [`upstream-${service}`, address] as const,
  );
  return [...Object.entries(fixed), ...named].flatMap(([name, address]) =>
    address === undefined ? [] : [[name, address]],
  );
}

/** Each worker tells only of itself, so that each has a port: the one in the file, and those that follow. */
function adminSocket(port: number, index: number): Promise<HeldSocket> {
  const asked = { host: '127.0.0.1', port };
  return bindSocket('admin', asked, port === 0 ? 0 : port + index);
}
