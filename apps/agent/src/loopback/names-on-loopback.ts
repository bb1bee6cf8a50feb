import type { Server } from 'node:net';
import type { Address, DataPlaneLogger, NamesOptions } from '../data-plane.ts';
import { DnsListener } from '../dns/dns-listener.ts';
import type { DnsCounters } from '../dns/dns-responder.ts';
import type { ZoneSource } from '../dns/zone-source.ts';
import type { AwaitingViews } from '../forward/awaiting-views.ts';
import type { ListeningSockets } from '../lifecycle/listening-sockets.ts';
import { LoopbackListeners, type LoopbackStatus } from './loopback-listeners.ts';

export interface NamesContext {
  /** A listener that is not bound yet: whatever connects is for the service. */
  createListener(service: string): Server;
  /** Absent where nobody can be asked for views. */
  readonly awaiting: AwaitingViews | undefined;
  readonly sockets: ListeningSockets;
  readonly logger: DataPlaneLogger;
}

export interface NamesStatus {
  readonly dns: DnsCounters;
  readonly listeners: readonly LoopbackStatus[];
}

/** `orders.mesh` for programs that know no proxy: DNS says where, and there somebody listens. */
export class NamesOnLoopback implements ZoneSource {
  private readonly options: NamesOptions;
  private readonly context: NamesContext;
  private readonly dns: DnsListener;
  private readonly listeners: LoopbackListeners;
  /** Service name -> port, of the views in force. */
  private ports: ReadonlyMap<string, number> = new Map();
  private started = false;

  constructor(options: NamesOptions, context: NamesContext) {
    this.options = options;
    this.context = context;
    this.dns = new DnsListener(this, context.sockets);
    const create = (service: string) => context.createListener(service);
    this.listeners = new LoopbackListeners(create, context.logger, context.sockets);
  }

  /** Service name -> port its callers know it by. */
  apply(ports: ReadonlyMap<string, number>): void {
    const { addresses, onAssigned } = this.options;
    this.ports = ports;
    if (addresses.assign(ports.keys())) onAssigned?.(addresses.assigned);
    if (this.started) this.openListeners();
  }

  /** Rejects when the DNS port cannot be bound; a service that cannot is only reported. */
  async listen(): Promise<number> {
    const address: Address = this.options.dns;
    const port = await this.dns.listen(address, this.context.logger);
    this.started = true;
    this.openListeners();
    await this.listeners.settled();
    return port;
  }

  addressOf(service: string): Uint8Array | undefined {
    return this.ports.has(service) ? this.options.addresses.of(service) : undefined;
  }

  awaitService(service: string, done: () => void): boolean {
    return this.context.awaiting?.waitAtMost(service, undefined, done) ?? false;
  }

  sweep(now: number): void {
    this.listeners.sweep(now);
  }

  status(): NamesStatus {
    return { dns: { ...this.dns.counters }, listeners: this.listeners.status() };
  }

  /** Resolves when the last connection is closed. */
  async drain(): Promise<void> {
    this.started = false;
    this.dns.close();
    await this.listeners.drain();
  }

  private openListeners(): void {
    const places = Array.from(this.ports, ([service, port]) => {
      const address = this.options.addresses.of(service) as Uint8Array;
      return { service, port, address: address.join('.') };
    });
    this.listeners.apply(places);
  }
}
