import { Socket } from 'node:net';
import * as z from 'zod/mini';
import { type InheritedSocket, ListeningSockets } from './listening-sockets.ts';

/** Variable that tells a successor what it was started with; the descriptors are in the order of the entries. */
export const inheritanceVariable = 'TULLE_INHERITED';
/** Descriptor of the channel between both; the sockets follow it. */
export const channelFd = 3;

const inheritedSchema = z.array(
  z.object({
    name: z.string(),
    asked: z.object({ host: z.string(), port: z.int() }),
    port: z.int(),
  }),
);
export type InheritedEntry = z.infer<typeof inheritedSchema>[number];

/** systemd's protocol of socket activation: descriptors from 3 on. */
const firstActivatedFd = 3;

/** What the successor says, and what the one before it answers; one line each. */
export const messages = { ready: 'ready', yours: 'yours' } as const;

/** What this process was started with by the one before it, or by systemd. */
export class Inheritance {
  readonly sockets: ListeningSockets;
  private readonly channel: Socket | undefined;

  /** Takes the variables away: they are not for processes this one starts. */
  static read(environment: NodeJS.ProcessEnv): Inheritance {
    const text = environment[inheritanceVariable];
    const activated = readActivated(environment);
    for (const name of [inheritanceVariable, 'LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) {
      delete environment[name];
    }
    if (text === undefined) return new Inheritance(activated, undefined);
    const entries = inheritedSchema.parse(JSON.parse(text));
    const sockets = entries.map((entry, index) => ({ ...entry, fd: channelFd + 1 + index }));
    return new Inheritance(sockets, new Socket({ fd: channelFd, readable: true, writable: true }));
  }

  static none(): Inheritance {
    return new Inheritance([], undefined);
  }

  private constructor(sockets: readonly InheritedSocket[], channel: Socket | undefined) {
    this.sockets = new ListeningSockets(sockets);
    this.channel = channel;
    // The one before may end as we write.
    channel?.on('error', () => channel.destroy());
  }

  /** Whether another process serves until this one is ready. */
  get isSuccession(): boolean {
    return this.channel !== undefined;
  }

  /**
   * This process can serve: it accepts from now on. Resolves when the one before has stopped accepting and writing,
   * or is gone.
   */
  async takeOver(): Promise<void> {
    await this.sockets.open();
    const { channel } = this;
    if (channel === undefined) return;
    channel.write(`${messages.ready}\n`);
    await new Promise<void>((resolve) => {
      channel.once('data', () => resolve());
      channel.once('close', () => resolve());
    });
    channel.destroy();
  }
}

function readActivated({ LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES }: NodeJS.ProcessEnv): InheritedSocket[] {
  const count = Number(LISTEN_FDS);
  if (Number(LISTEN_PID) !== process.pid || !Number.isInteger(count)) return [];
  const names = (LISTEN_FDNAMES ?? '').split(':');
  return Array.from({ length: count }, (_, index) => ({
    name: names[index] ?? '',
    fd: firstActivatedFd + index,
  }));
}
