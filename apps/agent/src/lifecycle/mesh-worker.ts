import { on } from 'node:events';
import type { AgentOptions } from '../agent-command.ts';
import { createDataPlane, type DataPlane } from '../data-plane.ts';
import type { Inheritance } from './inheritance.ts';
import type { Logger } from './logger.ts';
import { guardMemory } from './memory-guard.ts';
import { tellParent, tellParentRegularly } from './parent-channel.ts';
import { beatEveryMs } from './watchdog.ts';
import type { FromWorker, PlaneState, ToWorker } from './worker-messages.ts';

/**
 * Carries traffic for an agent of the API, which is another process: does what that tells it and says what it counted.
 * Ends when it is told to, when another process takes its place (SIGUSR1), or when the agent is gone.
 */
export async function runMeshWorker(
  options: AgentOptions,
  inheritance: Inheritance,
  logger: Logger,
): Promise<number> {
  // The agent decides when to drain, also when a terminal or a service manager signals all of its processes.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => {});
  const orders = ordersOfAgent();
  const begin = (await orders.next()).value;
  if (begin?.type !== 'begin') throw new Error('a worker is started by an agent');
  const plane = createDataPlane({
    ...begin.options,
    sockets: inheritance.sockets,
    onUnknownService: (service) => tell({ type: 'unknownService', service }),
    logger,
  });
  take(plane, begin.state);
  const told = Promise.race([obey(plane, orders, logger), replaced()]);
  guardMemory(plane, logger, options.memoryLimit, options.workers);
  await plane.listen();
  await inheritance.takeOver();
  logger.info({ readyMs: Math.round(performance.now()) }, 'worker is ready');
  const counting = tellParentRegularly(() => countsOf(plane), beatEveryMs);
  await plane.drain((await told) ?? options.drainTimeoutMs);
  clearInterval(counting);
  await tellAll(plane);
  if (process.connected) process.disconnect();
  return 0;
}

/** All of them in their order, also those that come while nobody waits. Ends with the agent. */
async function* ordersOfAgent(): AsyncGenerator<ToWorker, undefined> {
  for await (const [order] of on(process, 'message', { close: ['disconnect'] })) yield order;
}

/** Resolves with the time to drain in, in milliseconds, or undefined when the agent is gone. */
async function obey(
  plane: DataPlane,
  orders: AsyncIterable<ToWorker>,
  logger: Logger,
): Promise<number | undefined> {
  for await (const order of orders) {
    if (order.type === 'drain') return order.timeoutMs;
    try {
      if (order.type === 'state') take(plane, order.state);
      else if (order.type === 'reopenLogs') plane.reopenLogs();
      else if (order.type === 'measure') void tellAll(plane);
    } catch (error) {
      logger.error({ err: error }, 'a worker could not do what its agent did');
    }
  }
  return undefined;
}

function replaced(): Promise<undefined> {
  return new Promise((resolve) => process.on('SIGUSR1', () => resolve(undefined)));
}

/** The identity first: it may be what the endpoints of the views are reached with. */
function take(plane: DataPlane, { identity, revoked, certificates, views }: PlaneState): void {
  if (identity === null) plane.withdrawIdentity();
  else if (identity !== undefined) plane.setIdentity(identity);
  if (revoked !== undefined) plane.setRevoked(revoked);
  if (certificates !== undefined) plane.setServerCertificates(certificates);
  if (views !== undefined) plane.apply(views);
}

function countsOf(plane: DataPlane): FromWorker {
  const { user, system } = process.cpuUsage();
  const counts = {
    telemetry: plane.telemetry(),
    stats: plane.stats(),
    rssBytes: process.memoryUsage.rss(),
    cpuMs: (user + system) / 1_000,
  };
  return { type: 'counts', counts };
}

/** The counts first: whoever waits for the measurements has both then. */
async function tellAll(plane: DataPlane): Promise<void> {
  const counts = tell(countsOf(plane));
  await Promise.all([counts, tell({ type: 'measured', measured: plane.measurements() })]);
}

function tell(message: FromWorker): Promise<boolean> {
  return tellParent(message);
}
