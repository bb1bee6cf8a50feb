import type { Server } from 'node:net';
import type { DataPlaneLogger } from '../data-plane.ts';
import { ListeningSockets } from '../lifecycle/listening-sockets.ts';
import { bindHint } from './bind-hint.ts';

/** Where one service is to be reached on loopback. */
export interface LoopbackPlace {
  readonly service: string;
  /** In dotted form. */
  readonly address: string;
  readonly port: number;
}

export interface LoopbackStatus extends LoopbackPlace {
  readonly listening: boolean;
  /** Why it does not listen, and what to do about it; '' when it does. */
  readonly reason: string;
}

interface Entry extends LoopbackPlace {
  readonly server: Server;
  listening: boolean;
  reason: string;
  closed: boolean;
}

/** A place that could not be bound is tried again: a process that ends may hold it for a while. */
const RETRY_MS = 1_000;

/** One listener for each service, at its own address and port. They come and go without touching each other. */
export class LoopbackListeners {
  private readonly create: (service: string) => Server;
  private readonly logger: DataPlaneLogger;
  private readonly sockets: ListeningSockets;
  private readonly entries = new Map<string, Entry>();
  private readonly opening = new Set<Promise<void>>();
  private retryAt = 0;

  constructor(
    create: (service: string) => Server,
    logger: DataPlaneLogger,
    sockets = new ListeningSockets(),
  ) {
    this.create = create;
    this.logger = logger;
    this.sockets = sockets;
  }

  /** From now on these, and no others. Connections there are go on. */
  apply(places: readonly LoopbackPlace[]): void {
    const wanted = new Map(places.map((place) => [place.service, place]));
    for (const entry of [...this.entries.values()]) {
      const { port } = wanted.get(entry.service) ?? { port: 0 };
      if (port !== entry.port) this.close(entry);
    }
    for (const place of places) if (!this.entries.has(place.service)) this.open(place);
  }

  sweep(now: number): void {
    if (now < this.retryAt) return;
    this.retryAt = now + RETRY_MS;
    for (const entry of this.entries.values()) if (entry.reason !== '') this.bind(entry);
  }

  /** Resolves when every place is bound, or has failed and been reported. */
  async settled(): Promise<void> {
    await Promise.all(this.opening);
  }

  status(): LoopbackStatus[] {
    return Array.from(this.entries.values(), ({ service, address, port, listening, reason }) => ({
      service,
      address,
      port,
      listening,
      reason,
    }));
  }

  /** Resolves when the last connection is closed. */
  async drain(): Promise<void> {
    const entries = [...this.entries.values()];
    await Promise.all(entries.map((entry) => this.close(entry)));
  }

  private open(place: LoopbackPlace): void {
    const server = this.create(place.service);
    const entry: Entry = { ...place, server, listening: false, reason: '', closed: false };
    this.entries.set(place.service, entry);
    this.bind(entry);
  }

  private bind(entry: Entry): void {
    const opening = this.tryToBind(entry).finally(() => this.opening.delete(opening));
    this.opening.add(opening);
  }

  private async tryToBind(entry: Entry): Promise<void> {
    const { server, service, address: host, port } = entry;
    const before = entry.reason;
    entry.reason = '';
    try {
      await this.sockets.listen(`loopback-${service}`, server, { host, port });
      if (entry.closed) {
        server.close();
        return;
      }
      entry.listening = true;
      server.on('error', (error) => this.logger.error({ error, service }, 'could not accept a connection'));
      if (before !== '')
        this.logger.info({ service, address: host, port }, 'the service listens on loopback now');
    } catch (error) {
      entry.reason = bindHint(error, host, port);
      if (entry.reason === before) return;
      this.logger.warn(
        { service, address: host, port, reason: entry.reason },
        'the service cannot be reached at its loopback address',
      );
    }
  }

  private async close(entry: Entry): Promise<void> {
    this.entries.delete(entry.service);
    entry.closed = true;
    if (entry.listening) await new Promise((resolve) => entry.server.close(resolve));
  }
}
