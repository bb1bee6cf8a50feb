import { constants } from 'node:os';
import type { Launched } from '../lifecycle/launch-agent.ts';
import { launchAgent } from '../lifecycle/launch-agent.ts';
import { createLogger, type Logger } from '../lifecycle/logger.ts';
import { UsageError } from '../lifecycle/options.ts';
import { watchParent } from '../lifecycle/parent-watch.ts';
import { inForegroundGroup } from '../lifecycle/process-identity.ts';
import { guardProcess } from '../lifecycle/run-agent.ts';
import { commandEnvironment } from './command-environment.ts';
import { CommandProcess, checkCommand } from './command-process.ts';
import type { RunOptions } from './run-command.ts';

const passedOn = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
/** After the parent's end nobody is there to insist: a command that does not stop by then is killed. */
const stopGraceMs = 10_000;

/** The agent first, then the command; when the command ends the agent drains. Resolves with the exit code. */
export async function superviseCommand(options: RunOptions, command: string[]): Promise<number> {
  const logger = createLogger(options.logLevel, { service: options.service });
  try {
    checkCommand(command, process.env);
    const signals = new Signals();
    const launched = await launchAgent(options, logger);
    guardProcess(launched, logger);
    try {
      return await runBeside(launched, options, command, signals, logger);
    } finally {
      await launched.stop();
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.message.startsWith('The command ') ? 127 : 1;
  }
}

async function runBeside(
  { agent, self }: Launched,
  options: RunOptions,
  command: string[],
  signals: Signals,
  logger: Logger,
): Promise<number> {
  logger.info({ ...self, ports: agent.ports }, 'listening');
  const early = await Promise.race([agent.whenReady(options.readyTimeoutMs), agent.refused, signals.first]);
  if (early instanceof Error) throw new UsageError(early.message);
  if (typeof early === 'string') return signals.exitCodeOf(early);
  if (!early)
    logger.warn({ reasons: agent.status().notReady }, 'the command starts although its agent is not ready');
  else logger.info({ readyMs: Math.round(performance.now()) }, 'ready');
  const child = new CommandProcess(command, commandEnvironment(process.env, agent.ports, options.port));
  signals.passTo(child, () => agent.retire());
  if (options.exitWithParent) {
    watchParent(options.parentPid, () => {
      logger.info({}, 'stopping: the parent process has ended');
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), stopGraceMs).unref();
    });
  }
  void agent.refused.then((error) =>
    logger.error({ err: error }, 'the API refuses this agent: the mesh is not reachable'),
  );
  const code = await child.ended;
  logger.info({ code }, 'the command has ended');
  return code;
}

/** Catches signals from the start, so that none is lost between the agent and the command. */
class Signals {
  readonly first: Promise<NodeJS.Signals>;
  #child: CommandProcess | undefined;
  #retire: (() => Promise<void>) | undefined;
  #isEnding = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
    this.first = promise;
    for (const signal of passedOn) {
      process.on(signal, () => {
        resolve(signal);
        // Ctrl-C reached the command as well: a second one would often mean "at once" to it.
        if (signal === 'SIGINT' && inForegroundGroup()) return;
        if (signal === 'SIGTERM') this.#end();
        else this.#child?.kill(signal);
      });
    }
  }

  passTo(child: CommandProcess, retire: () => Promise<void>): void {
    this.#child = child;
    this.#retire = retire;
  }

  /** The command hears of its end once nobody waits for its answers any more; of a second signal at once. */
  #end(): void {
    if (this.#isEnding) this.#child?.kill('SIGTERM');
    this.#isEnding = true;
    void this.#retire?.().finally(() => this.#child?.kill('SIGTERM'));
  }

  exitCodeOf(signal: NodeJS.Signals): number {
    return 128 + constants.signals[signal];
  }
}
