import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Bytes } from '@tulle/wire/http/bytes';
import { giveSlab } from '@tulle/wire/http/slabs';

/** Of less the socket is not asked when it has it: asking costs more than another slab, should it be needed. */
const LENT_BYTES = 8 * 1024;

/** Writes to a socket what was collected in slabs, and gives each back when the socket needs it no longer. */
export class SlabWriter {
  /** TLS encrypts what it is given during the call, and takes no more until that was sent. */
  readonly encrypts: boolean;
  private readonly socket: Socket;
  private readonly onTaken: () => void;
  /** A slab that the socket still sends from, and which of the writes that are told of that is. */
  private lent: Bytes | undefined = undefined;
  private lentWrite = 0;
  private begun = 0;
  private written = 0;
  private readonly onWritten = () => {
    this.written++;
    if (this.lent !== undefined && this.written >= this.lentWrite) {
      giveSlab(this.lent);
      this.lent = undefined;
    }
    this.onTaken();
  };

  /** `onTaken`: the socket may have room again for more; not told of small writes in plain text. */
  constructor(socket: Socket, onTaken: () => void) {
    this.socket = socket;
    this.encrypts = socket instanceof TLSSocket;
    this.onTaken = onTaken;
  }

  /** The first `length` bytes; the slab is not the caller's any more. */
  write(slab: Bytes, length: number): void {
    const { socket, encrypts } = this;
    if (socket.writableLength > 0) {
      // It waits for what is being sent: in as much memory as there are bytes, for the peer may not read for long.
      socket.write(Buffer.copyBytesFrom(slab, 0, length));
      giveSlab(slab);
      return;
    }
    const bytes = slab.subarray(0, length);
    const isTold = encrypts || length >= LENT_BYTES;
    if (isTold) {
      this.begun++;
      socket.write(bytes, this.onWritten);
    } else {
      socket.write(bytes);
    }
    if (encrypts || socket.writableLength === 0) {
      giveSlab(slab);
    } else if (isTold) {
      this.lent = slab;
      this.lentWrite = this.begun;
    }
  }
}
