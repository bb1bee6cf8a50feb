import { defaultFault, type Part } from '@tulle/example-shop/shop';
import type { Logger } from 'pino';
import { CommandFailure } from '../failure.ts';
import type { PartProcess } from './part-process.ts';

const shortestDelayMs = 500;
const longestDelayMs = 15_000;
/** A part that ran this long was well; its next crash is met with the shortest delay again. */
const wellAfterMs = 30_000;

export const demoActions = ['break', 'heal', 'start', 'stop'] as const;
export type DemoAction = (typeof demoActions)[number];

export type PartState = 'starting' | 'running' | 'stopped' | 'restarting';

export interface PartStatus {
  readonly name: string;
  readonly service: string;
  readonly version: string;
  readonly state: PartState;
  readonly pid: number | null;
  readonly restarts: number;
  /** Misbehaving on purpose. */
  readonly broken: boolean;
}

/** Keeps one part running until it is told to stop. */
export class SupervisedPart {
  readonly part: Part;
  readonly #launch: () => Promise<PartProcess>;
  readonly #logger: Logger;
  #state: PartState = 'stopped';
  #process: PartProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restarts = 0;
  #broken: boolean;

  constructor(part: Part, launch: () => Promise<PartProcess>, logger: Logger) {
    this.part = part;
    this.#launch = launch;
    this.#logger = logger;
    this.#broken = this.#bornBroken;
  }

  get #bornBroken(): boolean {
    return Number(this.part.env.FAULT_ERROR_RATE ?? 0) > 0;
  }

  get status(): PartStatus {
    const { name, service, version } = this.part;
    const pid = this.#process?.pid ?? null;
    return {
      name,
      service,
      version,
      state: this.#state,
      pid,
      restarts: this.#restarts,
      broken: this.#broken,
    };
  }

  can(action: DemoAction): boolean {
    return (action !== 'break' && action !== 'heal') || this.part.faultPort !== undefined;
  }

  async start(): Promise<void> {
    if (this.#state === 'stopped') await this.#attempt(shortestDelayMs);
  }

  async stop(graceMs: number): Promise<void> {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    await this.#process?.stop(graceMs);
  }

  /** Makes it fail and dawdle, or behave again. */
  async setBroken(broken: boolean): Promise<void> {
    const { name, faultPort } = this.part;
    if (faultPort === undefined)
      throw new CommandFailure(
        `${name} cannot be made to misbehave; stop it with \`tulle demo stop ${name}\`.`,
      );
    if (this.#process === undefined) throw new CommandFailure(`${name} is not running.`);
    const setting = broken ? defaultFault : { errorRate: 0, delayMs: 0 };
    const answer = await setFault(faultPort, setting).catch((error: Error) => {
      throw new CommandFailure(`${name} does not answer (${error.message}); try again once it is up.`);
    });
    if (!answer.ok) throw new CommandFailure(`${name} did not accept it: ${(await answer.text()).trim()}`);
    this.#broken = broken;
  }

  /** A part that cannot be launched is treated as one that crashed. */
  async #attempt(delayMs: number): Promise<void> {
    try {
      await this.#run(delayMs);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#isStopped()) this.#restartAfter(delayMs, `could not be started: ${reason}`);
    }
  }

  async #run(delayMs: number): Promise<void> {
    this.#state = 'starting';
    const startedAt = performance.now();
    const launched = await this.#launch();
    // Told to stop while the token was being made.
    if (this.#isStopped()) return launched.stop(0);
    this.#process = launched;
    this.#state = 'running';
    this.#broken = this.#bornBroken;
    void launched.exited.then((how) => {
      this.#process = undefined;
      if (this.#isStopped()) return;
      const wasWell = performance.now() - startedAt > wellAfterMs;
      this.#restartAfter(wasWell ? shortestDelayMs : delayMs, how);
    });
  }

  #restartAfter(delayMs: number, how: string): void {
    this.#state = 'restarting';
    this.#restarts++;
    this.#logger.warn({ part: this.part.name, delayMs }, `a part of the demo ${how}`);
    this.#timer = setTimeout(() => this.#attempt(Math.min(delayMs * 2, longestDelayMs)), delayMs);
  }

  /** A method, since the state may have changed during an await. */
  #isStopped(): boolean {
    return this.#state === 'stopped';
  }
}

function setFault(port: number, setting: { errorRate: number; delayMs: number }): Promise<Response> {
  const signal = AbortSignal.timeout(3_000);
  return fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(setting), signal });
}
