import { createServer } from 'node:http';

// A service under test: says which version and process answered.
const version = process.env.SERVICE_VERSION ?? 'v1';
const body = JSON.stringify({ version, pid: process.pid });

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-version': version,
  });
  response.end(body);
});
server.keepAliveTimeout = 75_000;
server.listen(Number(process.env.PORT), '127.0.0.1');

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
