import { createServer, get } from 'node:http';

// A service under test that makes one call of TARGET for each it gets, and answers with what became of that.
const target = process.env[`${process.env.TARGET?.toUpperCase()}_URL`] ?? '';

const server = createServer((request, response) => {
  request.resume();
  const sent = get(target, (answer) => {
    answer.resume();
    response.end(`${answer.statusCode} ${answer.headers['x-tulle-error'] ?? ''}`.trim());
  });
  sent.on('error', (error) => response.end(error.message));
});
server.listen(Number(process.env.PORT), '127.0.0.1');

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
