import { expect, test } from 'vitest';
import { createGuard } from './guard.ts';

const guard = createGuard({ baseUrl: 'http://127.0.0.1:4400', allowedHosts: ['mesh.example:4400'] });
const get = (headers: Record<string, string>) => guard.refusal({ method: 'GET', headers, upgrade: false });
const upgrade = (headers: Record<string, string>) => guard.refusal({ method: 'GET', headers, upgrade: true });

test('a page of ours is answered by every name of the loopback and by allowed hosts', () => {
  for (const host of ['127.0.0.1:4400', 'localhost:4400', '[::1]:4400', 'mesh.example:4400'])
    expect(get({ host, origin: `http://${host}` })).toBeUndefined();
});

test('behind a public address the own one is for programs, not for pages', () => {
  const behind = createGuard({
    baseUrl: 'https://mesh.example',
    ownUrl: 'http://127.0.0.1:4400',
    allowedHosts: [],
  });
  const ask = (headers: Record<string, string>) =>
    behind.refusal({ method: 'POST', headers, upgrade: false });
  expect(ask({ host: 'mesh.example', origin: 'https://mesh.example' })).toBeUndefined();
  for (const host of ['127.0.0.1:4400', 'localhost:4400']) {
    expect(ask({ host })).toBeUndefined();
    expect(ask({ host, origin: `http://${host}` })).toContain('refused');
  }
  expect(ask({ host: 'mesh.example:4400' })).toContain('not called');
});

test('another Host is refused, which stops DNS rebinding', () => {
  expect(get({ host: 'evil.example:4400' })).toContain('not called evil.example:4400');
  expect(get({})).toContain('no Host header');
});

test('another Origin is refused, for requests and upgrades alike', () => {
  expect(get({ host: '127.0.0.1:4400', origin: 'https://evil.example' })).toContain('refused');
  expect(upgrade({ host: '127.0.0.1:4400', origin: 'https://evil.example' })).toContain('refused');
  expect(upgrade({ host: '127.0.0.1:4400', origin: 'null' })).toContain('refused');
});

test('an upgrade without an Origin needs a token', () => {
  expect(upgrade({ host: '127.0.0.1:4400' })).toContain('Authorization');
  expect(upgrade({ host: '127.0.0.1:4400', authorization: 'Bearer x' })).toBeUndefined();
});

test('a cross-site form is refused although it carries no Origin', () => {
  const headers = { host: '127.0.0.1:4400', 'sec-fetch-site': 'cross-site' };
  expect(guard.refusal({ method: 'POST', headers, upgrade: false })).toContain('other sites');
});
