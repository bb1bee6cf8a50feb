import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Bytes } from '@tulle/wire/http/bytes';
import { giveSlab, takeSlab } from '@tulle/wire/http/slabs';

/** Of less the socket is not asked when it has it: asking costs more than other memory, should it be needed. */
const LENT_BYTES = 8 * 1024;

/** What the socket still sends from, and the number of the write that it belongs to. */
interface Loan {
  readonly slab: Bytes;
  readonly write: number;
}

/** Writes to a socket what was collected in slabs, and gives each back when the socket needs it no longer. */
export class SlabWriter {
  /** TLS encrypts what it is given during the call, and takes no more until that was sent. */
  readonly encrypts: boolean;
  private readonly socket: Socket;
  private readonly onTaken: () => void;
  private readonly loans: Loan[] = [];
  private begun = 0;
  private written = 0;
  private readonly onWritten = () => {
    this.written++;
    while ((this.loans[0]?.write ?? Number.POSITIVE_INFINITY) <= this.written)
      giveSlab((this.loans.shift() as Loan).slab);
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
    const waits = socket.writableLength > 0;
    const memory = waits ? fitted(slab, length) : slab;
    const isTold = encrypts || length >= LENT_BYTES;
    if (isTold) {
      this.begun++;
      socket.write(memory.subarray(0, length), this.onWritten);
    } else {
      socket.write(memory.subarray(0, length));
    }
    // TLS has encrypted it, or the kernel has taken all of it.
    if (!waits && (encrypts || socket.writableLength === 0)) giveSlab(memory);
    else if (isTold) this.loans.push({ slab: memory, write: this.begun });
  }
}

/** What waits for long, because the peer does not read, takes up about as much memory as it has bytes. */
function fitted(slab: Bytes, length: number): Bytes {
  if (length * 2 > slab.length) return slab;
  const own = takeSlab(length);
  slab.copy(own, 0, 0, length);
  giveSlab(slab);
  return own;
}
