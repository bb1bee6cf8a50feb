/**
 * `handshake-client.ts <port> <seconds> <certificate> <key> <roots>`: new mutual TLS connections without resumption, one
 * request on each, 16 at a time. Prints the number as JSON.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

const AT_A_TIME = 16;
const [port, seconds, certificate = '', key = '', roots = ''] = process.argv.slice(2);
const options = {
  host: '127.0.0.1',
  port: Number(port),
  cert: readFileSync(certificate),
  key: readFileSync(key),
  ca: readFileSync(roots),
  checkServerIdentity: () => undefined,
  ALPNProtocols: ['http/1.1'],
};
const request = 'GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n';
const end = performance.now() + Number(seconds) * 1_000;
let connections = 0;

function one(): void {
  if (performance.now() >= end) return;
  const socket = connect(options, () => socket.write(request));
  let answer = '';
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    answer += text;
  });
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('close', () => {
    if (!answer.startsWith('HTTP/1.1 200'))
      throw new Error(`the answer was ${JSON.stringify(answer.slice(0, 300))}`);
    connections++;
    one();
  });
}

for (let index = 0; index < AT_A_TIME; index++) one();
process.on('exit', () => console.log(JSON.stringify({ connections })));
