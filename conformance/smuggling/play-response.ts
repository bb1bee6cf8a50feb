import { once } from 'node:events';
import { connect } from 'node:net';
import { afterwards } from './play.ts';
import type { RawUpstream } from './raw-upstream.ts';
import { NEXT, type ResponseShape } from './response-shapes.ts';

const PATIENCE_MS = 60_000;

/** Throws when a client got what was not meant for it, or the server a request that nobody sent. */
export async function playResponse(shape: ResponseShape, port: number, upstream: RawUpstream): Promise<void> {
  upstream.bytes = shape.bytes;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no end after ${JSON.stringify(text)}`)));
  socket.write(shape.request ?? 'GET /bad HTTP/1.1\r\nHost: web\r\n\r\n', 'latin1');
  let text = '';
  try {
    for await (const more of socket) {
      if (text === '') socket.write(shape.follow ?? NEXT, 'latin1');
      text += more;
    }
  } catch (error) {
    // A connection that is cut may be reset.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
  const seen = await afterwards(port, upstream);
  if (text.includes('poisoned')) throw new Error(`the client got ${JSON.stringify(text)}`);
  if (seen.some((request) => request.includes('smuggled'))) throw new Error(`the server saw ${seen}`);
  const statuses = Array.from(text.matchAll(/HTTP\/1\.1 ([2-5]\d\d)/g), ([, status]) => Number(status));
  const isRight =
    shape.answers[0] === 'cut'
      ? statuses.length <= 1 && !text.endsWith('0\r\n\r\n')
      : JSON.stringify(statuses) === JSON.stringify(shape.answers);
  if (!isRight)
    throw new Error(`the client got ${JSON.stringify(text)}, it should have been ${shape.answers}`);
}
