import net from 'node:net';
import { UnreadCaller } from './accept.ts';
import type { CallerEnvironment, Passage } from './passage.ts';

const options = { noDelay: true, keepAlive: true, allowHalfOpen: true };

/** A listener in plain text. */
export function listener(
  mayAccept: (socket: net.Socket) => boolean,
  enter: (socket: net.Socket) => void,
): net.Server {
  return net.createServer(options, (socket) => {
    if (mayAccept(socket)) enter(socket);
    else socket.destroy();
  });
}

/** Reads whatever connects as HTTP, for `passage`. */
export function httpEntry(passage: Passage, environment: CallerEnvironment): (socket: net.Socket) => void {
  return (socket) => void new UnreadCaller(socket, passage, environment);
}
