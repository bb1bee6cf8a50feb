import type { Socket as DatagramSocket } from 'node:dgram';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Address, DataPlaneLogger } from '../data-plane.ts';
import { ListeningSockets } from '../lifecycle/listening-sockets.ts';
import { type DnsCounters, DnsResponder } from './dns-responder.ts';
import { DnsStream } from './dns-stream.ts';
import type { ZoneSource } from './zone-source.ts';

const MAX_STREAMS = 64;

/** With port 0 the port that TCP got may be taken for UDP. */
const MAX_BIND_TRIES = 10;

/** Answers DNS for `*.mesh` on one port, UDP and TCP. */
export class DnsListener {
  private readonly responder: DnsResponder;
  private readonly streams = new Set<Socket>();
  private readonly server: Server;
  private readonly sockets: ListeningSockets;
  private datagrams: DatagramSocket | undefined = undefined;

  constructor(source: ZoneSource, sockets = new ListeningSockets()) {
    this.sockets = sockets;
    this.responder = new DnsResponder(source);
    this.server = createServer((socket) => this.accept(socket));
  }

  get counters(): DnsCounters {
    return this.responder.counters;
  }

  /** Resolves with the port; rejects with a sentence that names the address, and nothing is bound then. */
  async listen(address: Address, logger: DataPlaneLogger): Promise<number> {
    for (let turn = 1; ; turn++) {
      const port = await this.sockets.listen('dns', this.server, address);
      try {
        this.datagrams = await this.bindDatagrams({ host: address.host, port });
        const onError = (error: Error) => logger.error({ error }, 'the DNS port met an error');
        this.datagrams.on('error', onError);
        this.server.on('error', onError);
        return port;
      } catch (error) {
        await new Promise((resolve) => this.server.close(resolve));
        if (address.port !== 0 || turn === MAX_BIND_TRIES) throw error;
      }
    }
  }

  close(): void {
    this.datagrams?.close();
    this.datagrams = undefined;
    this.server.close();
    for (const socket of this.streams) socket.destroy();
  }

  private async bindDatagrams({ host, port }: Address): Promise<DatagramSocket> {
    // Few agents answer DNS: the others do not load it.
    const { createSocket } = await import('node:dgram');
    const datagrams = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    try {
      await this.sockets.bind('dns-datagrams', datagrams, { host, port });
    } catch (error) {
      datagrams.close();
      throw new Error(`cannot listen on ${host}:${port} (UDP)`, { cause: error });
    }
    datagrams.on('message', (message, { address, port: from }) => {
      this.responder.respond(message, (answer) => {
        // A failed send is a lost datagram: the resolver asks again.
        if (this.datagrams === datagrams) datagrams.send(answer, from, address, () => {});
      });
    });
    return datagrams;
  }

  private accept(socket: Socket): void {
    if (this.streams.size >= MAX_STREAMS) {
      socket.destroy();
      return;
    }
    this.streams.add(socket);
    socket.once('close', () => this.streams.delete(socket));
    new DnsStream(socket, this.responder);
  }
}
