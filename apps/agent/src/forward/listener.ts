import net from 'node:net';
import { UnreadCaller } from './accept.ts';
import type { CallerEnvironment, Passage } from './passage.ts';

/** A listener in plain text: whatever connects is read as HTTP and given to `passage`. */
export function plainListener(
  passage: Passage,
  environment: CallerEnvironment,
  mayAccept: (socket: net.Socket) => boolean,
): net.Server {
  const options = { noDelay: true, keepAlive: true, allowHalfOpen: true };
  return net.createServer(options, (socket) => {
    if (mayAccept(socket)) new UnreadCaller(socket, passage, environment);
    else socket.destroy();
  });
}
