import { expect, it } from 'vitest';
import { readRequests } from './recording-sinks.spec-support.ts';

it('a request for a tunnel is taken when it has no content', () => {
  const { messages, refusal } = readRequests(['CONNECT db.mesh:5432 HTTP/1.1\r\nHost: db.mesh:5432\r\n\r\n']);
  expect(refusal).toBeUndefined();
  expect(messages[0]?.head).toMatchObject({
    method: 'CONNECT',
    form: 'authority',
    authority: 'db.mesh:5432',
  });
});
