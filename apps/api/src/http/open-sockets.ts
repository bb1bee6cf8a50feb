import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { WebSocket, WebSocketServer } from 'ws';

/** RFC 6455, 7.4.1: a policy was violated. Pages come back by themselves, and are told to sign in. */
const noLongerSignedIn = 1008;

/**
 * Calls look anew who asks; what stays open, such as a subscription, was asked for once. So sockets of those who are
 * not signed in any more are closed: whenever somebody may have left, and every so often, as sessions also just end.
 */
export function createOpenSockets({
  sockets,
  isSignedIn,
  everyMs = 60_000,
  logger,
}: {
  sockets: WebSocketServer;
  isSignedIn: (headers: IncomingHttpHeaders) => Promise<boolean>;
  everyMs?: number;
  logger: Logger;
}): { lookAgain(): void; stop(): void } {
  const headersOf = new WeakMap<WebSocket, IncomingHttpHeaders>();
  sockets.on('connection', (client: WebSocket, request: IncomingMessage) => {
    headersOf.set(client, request.headers);
  });
  let looking: Promise<void> | undefined;
  let askedAgain = false;
  const timer = setInterval(lookAgain, everyMs);
  timer.unref();

  /** One look at a time; whoever asks meanwhile gets one that began after they asked. */
  function lookAgain(): void {
    if (looking !== undefined) {
      askedAgain = true;
      return;
    }
    looking = look()
      .catch((err: unknown) => logger.warn({ err }, 'could not look who is still signed in'))
      .finally(() => {
        looking = undefined;
        if (!askedAgain) return;
        askedAgain = false;
        lookAgain();
      });
  }

  async function look(): Promise<void> {
    // One after the other, so that they leave the database to others.
    for (const client of [...sockets.clients]) {
      const headers = headersOf.get(client);
      if (headers !== undefined && !(await isSignedIn(headers)))
        client.close(noLongerSignedIn, 'no longer signed in');
    }
  }

  return { lookAgain, stop: () => clearInterval(timer) };
}
