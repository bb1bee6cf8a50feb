/**
 * `stalled-client.ts <port> <streams> <path>`: asks over HTTP/2 and announces a window of zero, so that no byte of an
 * answer may be sent. Prints `stalled` when the head of every answer is there, and stays.
 */
import { connect } from 'node:http2';

const STREAMS_PER_CONNECTION = 100;
const [port, streams, path] = process.argv.slice(2);
let heads = 0;
for (let opened = 0; opened < Number(streams); opened += STREAMS_PER_CONNECTION) {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 0 } });
  session.on('error', (error) => {
    throw error;
  });
  session.once('remoteSettings', () => {
    for (let index = 0; index < STREAMS_PER_CONNECTION; index++) {
      const stream = session.request({ ':path': path, ':authority': 'web' });
      stream.on('error', (error) => {
        throw error;
      });
      stream.on('response', ({ ':status': status }) => {
        if (status !== 200) throw new Error(`the answer was ${status}`);
        if (++heads === Number(streams)) console.log('stalled');
      });
    }
  });
}
