import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DataPlaneOptions } from '../data-plane.ts';
import { OtlpReceiver } from '../otlp/otlp-receiver.spec-support.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { rawClient, startService } from '../specs/services.ts';
import { defaultLogFields, isLoggable } from './log-fields.ts';
import { isSensitiveField } from './sensitive-fields.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tulle-log-'));
  path = join(folder, 'access.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

type Mode = 'off' | 'errors' | 'sampled' | 'all';

/** A service that answers with the status its path names, behind an agent that writes a log. */
async function startLogged(
  mode: Mode,
  fields?: readonly string[],
  accessLogPercent = 1,
  otlpEndpoint?: string,
) {
  const servicePort = await startService((request, response) => {
    response.statusCode = Number(/\d{3}/.exec(request.url ?? '')?.[0] ?? 200);
    response.setHeader('set-cookie', 'session=secret');
    response.setHeader('x-kind', 'caf\u00e9');
    response.end('hello');
  });
  const view = viewOf('web', [{ port: servicePort }], {
    policy: { observability: { accessLog: mode, accessLogPercent }, retries: { attempts: 0 } },
  });
  const observability: DataPlaneOptions['observability'] = { accessLog: { path, fields }, otlpEndpoint };
  const logged = viewOf('logged', [{ port: servicePort }], {
    policy: { observability: { accessLog: 'all' } },
  });
  const { plane, port } = await startOutbound([view, logged], { observability });
  return { plane, port };
}

async function ask(port: number, request: string): Promise<void> {
  const client = await rawClient(port);
  client.send(request);
  await client.until(/hello|x-tulle-error/);
}

/** What the log holds once the agent has drained. */
function lines(): Record<string, unknown>[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'latin1');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const written = async (count: number) => await expect.poll(() => lines().length).toBe(count);

const get = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nhost: web\r\n${more}\r\n`;

describe('the access log', () => {
  test('says of a request what it was and what became of it, without the query', async () => {
    const { port } = await startLogged('all');
    await ask(port, get('/cart/200?token=hush'));
    await written(1);
    expect(lines()[0]).toMatchObject({
      side: 'outbound',
      source: 'caller',
      service: 'web',
      destination: 'web',
      version: 'v1',
      method: 'GET',
      path: '/cart/200',
      protocol: 'HTTP/1.1',
      status: 200,
      outcome: 'ok',
      tries: 1,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(readFileSync(path, 'utf8')).not.toContain('hush');
  });

  test('of errors alone: what the service or the mesh failed', async () => {
    const { port } = await startLogged('errors');
    for (const target of ['/200', '/404', '/503']) await ask(port, get(target));
    await written(1);
    expect(lines()).toMatchObject([{ status: 503, outcome: 'serverError' }]);
  });

  test('of a share', async () => {
    const { port } = await startLogged('sampled', undefined, 100);
    await ask(port, get('/200'));
    await written(1);
  });

  test.each([
    ['off', 100],
    ['sampled', 0],
  ] as const)('has no line of a service that has it %s, at %i %%', async (mode, percent) => {
    // A request with a span is looked at when it is over, whether a log wants it or not.
    const { url } = await OtlpReceiver.start();
    const { port } = await startLogged(mode, undefined, percent, url);
    await ask(port, get('/500', `traceparent: 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01\r\n`));
    // Lines are written in the order of their requests, so one before this would be there with it.
    await ask(port, get('/200').replace('host: web', 'host: logged'));
    await expect.poll(() => lines().length).toBeGreaterThan(0);
    expect(lines()).toMatchObject([{ service: 'logged' }]);
  });

  test('fields are chosen, and stand in the order they were asked for', async () => {
    const fields = ['status', 'query', 'request.user-agent', 'response.x-kind'];
    const { port } = await startLogged('all', fields);
    await ask(port, get('/200?a=1', 'user-agent: spec\r\n'));
    await written(1);
    expect(readFileSync(path, 'latin1')).toMatch(
      /^\{"status":200,"query":"a=1","request.user-agent":"spec","response.x-kind":"caf\\u00/,
    );
  });

  test('what carries credentials is never written, even when it is asked for', async () => {
    const named = ['authorization', 'Cookie', 'X-API-Key', 'proxy-authorization', 'x-my-token'];
    const { port } = await startLogged('all', [
      ...named.map((name) => `request.${name}`),
      'response.set-cookie',
      'request.accept',
    ]);
    const fields = named.map((name) => `${name}: hush-hush\r\n`).join('');
    await ask(port, get('/200', `${fields}accept: text/plain\r\n`));
    await written(1);
    expect(readFileSync(path, 'latin1')).not.toMatch(/hush|secret/);
    expect(lines()[0]).toMatchObject({
      'request.authorization': '[redacted]',
      'response.set-cookie': '[redacted]',
      'request.accept': 'text/plain',
    });
  });

  test('no byte of a peer can end a line or begin another', async () => {
    const { port } = await startLogged('all', ['path', 'request.user-agent']);
    await ask(port, get('/200', 'user-agent: a"},\\{"x":1}\t\xc2\x85\xe2\x80\xa8\xff\r\n'));
    await written(1);
    const text = readFileSync(path, 'latin1');
    expect(text).toMatch(/^[\x20-\x7e]+\n$/);
    expect(lines()[0]?.['request.user-agent']).toContain('a"},\\{"x":1}');
  });
});

test('fields that are known, and fields that are not', () => {
  expect(defaultLogFields).not.toContain('query');
  for (const name of [...defaultLogFields, 'query', 'request.x', 'response.Content-Type']) {
    expect(isLoggable(name)).toBe(true);
  }
  for (const name of ['body', 'constructor', 'request.', 'request.a b', ''])
    expect(isLoggable(name)).toBe(false);
});

test('what sounds like credentials is taken for them', () => {
  for (const name of ['Authorization', 'X-Session-Id', 'x-auth-token', 'client-secret']) {
    expect(isSensitiveField(name)).toBe(true);
  }
  for (const name of ['accept', 'x-request-id', 'content-type']) expect(isSensitiveField(name)).toBe(false);
});
