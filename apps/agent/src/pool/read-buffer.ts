import net from 'node:net';
import tls from 'node:tls';

const READ_BYTES = 64 * 1024;

/** Of all sockets: what one read is dealt with before another reads. */
const shared = Buffer.allocUnsafeSlow(READ_BYTES);

/** As Node's, but its `data` is for listeners that are there when the connection is. */
export function connectTcp(options: net.TcpNetConnectOpts): net.Socket {
  const socket: net.Socket = net.connect({
    ...options,
    onread: reads((bytes) => socket.emit('data', bytes)),
  });
  return socket;
}

/** The same with TLS, where Node takes the option as well, though its types do not know of it. */
export function connectTls(options: tls.ConnectionOptions): tls.TLSSocket {
  const withReads = { ...options, onread: reads((bytes) => socket.emit('data', bytes)) };
  const socket: tls.TLSSocket = tls.connect(withReads);
  return socket;
}

/**
 * The same for a socket that was accepted, whose `data` has listeners. Node has the option only for those that connect,
 * so that it is set here where Node keeps it; in a Node that keeps it elsewhere every read has memory of its own.
 */
export function shareReads(socket: net.Socket): void {
  const handle: unknown = Reflect.get(socket, '_handle');
  // What was read before comes behind the call, and must not come behind what is read then.
  if (slots === undefined || !takesBuffer(handle) || socket.readableLength > 0) return;
  const { buffer, callback } = reads((bytes) => socket.emit('data', bytes));
  Reflect.set(socket, slots.buffer, buffer);
  Reflect.set(socket, slots.callback, callback);
  handle.useUserBuffer(shared);
}

const slots = findSlots();

function findSlots(): { readonly buffer: symbol; readonly callback: symbol } | undefined {
  const symbols = Object.getOwnPropertySymbols(new net.Socket());
  const buffer = symbols.find(({ description }) => description === 'kBuffer');
  const callback = symbols.find(({ description }) => description === 'kBufferCb');
  return buffer === undefined || callback === undefined ? undefined : { buffer, callback };
}

function takesBuffer(handle: unknown): handle is { useUserBuffer(buffer: Buffer): void } {
  return typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle;
}

/**
 * Has a socket read into memory that is used again: bytes are valid during the call. Node would make 64 KiB for every
 * read, or 16 KiB for every record of TLS, and have V8 collect garbage for every 32 MiB of it.
 */
function reads(onBytes: (bytes: Buffer) => void): net.OnReadOpts {
  return {
    buffer: shared,
    callback: (length) => {
      onBytes(shared.subarray(0, length));
      return true;
    },
  };
}
