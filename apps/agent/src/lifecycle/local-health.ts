import { connect } from 'node:net';
import type { Address } from '../data-plane.ts';

const everyMs = 2_000;
const timeoutMs = 1_000;

/** Whether something accepts connections where the service of this agent should listen. */
export class LocalHealth {
  readonly #address: Address;
  #healthy: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(address: Address) {
    this.#address = address;
  }

  /** Undefined before the first check has ended. */
  get healthy(): boolean | undefined {
    return this.#healthy;
  }

  start(): void {
    void this.check();
    this.#timer = setInterval(() => void this.check(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  check(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.#address);
      const finish = (healthy: boolean) => {
        this.#healthy = healthy;
        socket.destroy();
        resolve(healthy);
      };
      socket.setTimeout(timeoutMs, () => finish(false));
      socket.once('connect', () => finish(true));
      socket.once('error', () => finish(false));
    });
  }
}
