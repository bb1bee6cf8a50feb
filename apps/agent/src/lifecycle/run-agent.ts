import type { AgentOptions } from '../agent-command.ts';
import type { DataPlane, DataPlaneOptions } from '../data-plane.ts';
import { Inheritance } from './inheritance.ts';
import { type Launched, launchAgent } from './launch-agent.ts';
import { createLogger, type Logger } from './logger.ts';
import { guardMemory } from './memory-guard.ts';
import { UsageError } from './options.ts';
import { watchParent } from './parent-watch.ts';
import { Restart, type Restartable } from './restart.ts';
import { announceReady } from './service-manager.ts';
import { becomeWorker } from './worker-failures.ts';

/** Resolves with the exit code once the agent has been told to stop and has, or another process took over. */
export async function runAgent(options: AgentOptions): Promise<number> {
  const logger = createLogger(options.logLevel, { service: options.service });
  const inheritance = Inheritance.read(process.env);
  try {
    if (options.config !== undefined)
      return await runStandalone(options.config, options, inheritance, logger);
    if (becomeWorker(process.env)) {
      const { runMeshWorker } = await import('./mesh-worker.ts');
      return await runMeshWorker(options, inheritance, logger);
    }
    return await runMeshAgent(options, inheritance, logger);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function runMeshAgent(
  options: AgentOptions,
  inheritance: Inheritance,
  logger: Logger,
): Promise<number> {
  const asked = askedToStop(options);
  const workers = await workersFor(options);
  const restart = workers ?? new Restart({ sockets: inheritance.sockets, options, asked, logger });
  const parts = { inheritance, createDataPlane: workers?.create, restart: restart.ask };
  const launched = await launchAgent(options, logger, parts);
  const { agent, self } = launched;
  logger.info({ ...self, ports: agent.ports, startedMs: Math.round(performance.now()) }, 'listening');
  guardProcess(launched, logger);
  process.on('SIGHUP', () => {
    logger.info(
      {},
      'SIGHUP: settings come from flags and variables and need a restart; connecting to the API, opening logs and reading certificates anew',
    );
    agent.retryNow();
    agent.reopenLogs();
    launched.rereadCertificates();
  });
  process.on('SIGUSR2', () => {
    agent
      .writeBundle()
      .catch((error: unknown) => logger.error({ err: error }, 'no diagnostic bundle was written'));
  });
  restart.allow();
  announceReady(options.pidFile, logger);
  void agent.whenReady(2 ** 31 - 1).then((ready) => {
    if (ready) logger.info({ readyMs: Math.round(performance.now()) }, 'ready');
  });
  const end = await Promise.race([asked, agent.refused, restart.done]);
  if (end instanceof Error) process.stderr.write(`${end.message}\n`);
  else if (typeof end === 'string') logger.info({ reason: end }, 'stopping');
  else if (end !== undefined) await launched.handTo(end);
  await launched.stop();
  return end instanceof Error ? 1 : 0;
}

/** Its workers are replaced; this process stays. */
interface AgentOfWorkers extends Restartable {
  create(options: DataPlaneOptions): DataPlane;
}

async function workersFor({ workers, workerTimeoutMs }: AgentOptions): Promise<AgentOfWorkers | undefined> {
  if (workers === undefined) return undefined;
  const { WorkersDataPlane } = await import('./workers-data-plane.ts');
  let plane: InstanceType<typeof WorkersDataPlane> | undefined;
  return {
    create: (options) => {
      plane = new WorkersDataPlane(options, workers, workerTimeoutMs);
      return plane;
    },
    ...stayingWhile(async () => {
      await plane?.replaceAll();
      return process.pid;
    }),
  };
}

/** For a process that is not the one to be replaced. */
function stayingWhile(ask: () => Promise<number>): Restartable {
  return {
    ask,
    allow: () => process.on('SIGUSR1', () => void ask().catch(() => {})),
    done: new Promise(() => {}),
  };
}

async function runStandalone(
  file: string,
  options: AgentOptions,
  inheritance: Inheritance,
  logger: Logger,
): Promise<number> {
  const isWorker = becomeWorker(process.env);
  const asked = askedToStop(options);
  if (options.workers !== undefined && !isWorker) {
    const { superviseWorkers } = await import('./supervise-workers.ts');
    return await superviseWorkers(file, options.workers, options, asked, logger);
  }
  const { startStandalone } = await import('../standalone/standalone.ts');
  const { sockets } = inheritance;
  const supervised = isWorker ? await import('./supervised-worker.ts') : undefined;
  const restart = supervised?.replacedBySupervisor() ?? new Restart({ sockets, options, asked, logger });
  const started = await startStandalone(file, logger, sockets, restart.ask).catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  });
  guardMemory(started.plane, logger, options.memoryLimit, options.workers);
  await inheritance.takeOver();
  process.on('SIGHUP', () => {
    started.reload();
    started.plane.reopenLogs();
  });
  process.on('SIGUSR2', () => {
    started
      .writeBundle()
      .catch((error: unknown) => logger.error({ err: error }, 'no diagnostic bundle was written'));
  });
  restart.allow();
  if (supervised === undefined) announceReady(options.pidFile, logger);
  else supervised.beat();
  logger.info({ ports: started.ports, readyMs: Math.round(performance.now()) }, 'ready');
  const end = await Promise.race([asked, restart.done]);
  if (typeof end === 'string') {
    logger.info({ reason: end }, 'stopping');
    await started.leave(options.drainDelayMs);
  } else {
    started.handOver();
    end?.handOver();
  }
  await started.close(options.drainTimeoutMs);
  return 0;
}

/** SIGTERM, SIGINT or the end of the parent. A second signal does not wait for the drain. */
function askedToStop(options: { exitWithParent: boolean; parentPid?: number | undefined }): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve(signal);
        process.once(signal, () => process.exit(1));
      });
    }
    if (options.exitWithParent) watchParent(options.parentPid, () => resolve('the parent process has ended'));
  });
}

/**
 * After an exception that nobody caught the state is unknown: counters to disk, and out; whoever started the agent
 * starts it again. A promise nobody waited for leaves the data path whole: it is logged.
 */
export function guardProcess({ agent }: Launched, logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'the agent failed and ends');
    agent.persist();
    setTimeout(() => process.exit(70), 500);
  });
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a failure was not handled'));
}
