import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { VisibleState } from '../admin/admin-source.ts';
import type { DataPlane } from '../data-plane.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { RecentErrors } from './recent-errors.ts';
import { redact } from './redact.ts';
import { writeBundle } from './write-bundle.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function sourceOf(plane: DataPlane, texts: Record<string, string>): VisibleState {
  return {
    status: () => ({
      self: { service: 'caller', version: 'v1', instance: 'caller-1' },
      version: '0',
      startedAt: 0,
      notReady: [],
      connected: true,
      revision: 7,
      rejected: [],
      certificate: undefined,
      stats: plane.stats(),
      localHealthy: true,
      telemetry: plane.telemetry(),
      formerEpochs: 0,
    }),
    configTexts: () => texts,
    measurements: () => plane.measurements(),
  };
}

describe('a diagnostic bundle', () => {
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tulle-bundle-'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(dataDir, { recursive: true });
  });

  test('holds what is needed and no secret, for its owner alone', async () => {
    vi.stubEnv('SPEC_VARIABLE', 'hush-environment');
    const view = viewOf('web', [{ port: 1 }]);
    const { plane } = await startOutbound([view]);
    const recent = new RecentErrors();
    recent.watch(silent).error({ err: new Error('it broke') }, 'something failed');
    const rule = { filters: [{ set: [{ name: 'Authorization', value: 'hush-field' }] }] };
    const source = sourceOf(plane, { 'service/web': JSON.stringify({ ...view, rules: [rule] }) });
    const settings = { token: 'tulle1_hush', api: ['https://user:hush@127.0.0.1:1'], dataDir };
    const path = await writeBundle(dataDir, { source, settings, problems: recent.list() }, silent);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('hush');
    const bundle = JSON.parse(text);
    expect(bundle).toMatchObject({
      configuration: { revision: 7, stats: { endpoints: [{ service: 'web', state: 'available' }] } },
      settings: { token: '[redacted]', dataDir },
      process: { versions: { node: process.versions.node }, handles: expect.any(Object) },
      eventLoop: { delayMs: { max: expect.any(Number) } },
      problems: [{ level: 'error', message: 'something failed' }],
    });
    expect(bundle.problems[0].fields).toContain('it broke');
    expect(bundle.process.environmentNames).toContain('SPEC_VARIABLE');
    expect(bundle.process.heap.used_heap_size).toBeGreaterThan(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  test('takes the place of the oldest when there are many', async () => {
    const { plane } = await startOutbound([]);
    const parts = { source: sourceOf(plane, {}), settings: {}, problems: [] };
    const paths: string[] = [];
    for (let count = 0; count < 6; count++) paths.push(await writeBundle(dataDir, parts, silent));
    const left = readdirSync(join(dataDir, 'diagnostics'));
    expect(left).toHaveLength(5);
    expect(left).not.toContain(paths[0]?.split('/').at(-1));
  });
});

test('recent errors are bounded', () => {
  const recent = new RecentErrors();
  const logger = recent.watch(silent);
  for (let count = 0; count < 1_000; count++) logger.warn({ text: 'x'.repeat(100_000) }, `number ${count}`);
  logger.info({}, 'no problem');
  const problems = recent.list();
  expect(problems.at(-1)?.message).toBe('number 999');
  expect(JSON.stringify(problems).length).toBeLessThan(150_000);
});

test('secrets are found however deep they lie', () => {
  const named = fc.constantFrom('token', 'keyPem', 'Set-Cookie', 'password', 'x-api-key', 'clientSecret');
  const secret = fc.constant('hush');
  const wrap = (value: fc.Arbitrary<unknown>) =>
    fc.oneof(
      fc.array(value, { minLength: 1, maxLength: 3 }),
      fc.record({ more: value, other: fc.string() }),
      value.map((inner) => new Map([['deep', inner]])),
    );
  const leaf = fc.oneof(
    fc.tuple(named, secret).map(([key, value]) => ({ [key]: value })),
    fc.tuple(named, secret).map(([key, value]) => ({ [key]: [value, { value }] })),
    fc.constant('-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----'),
    fc.constant({ name: 'Cookie', value: 'hush' }),
    fc.constant('see https://me:hush@example.test/'),
  );
  fc.assert(
    fc.property(wrap(wrap(wrap(leaf))), (value) => {
      expect(JSON.stringify(redact(value))).not.toContain('hush');
    }),
  );
  expect(redact({ name: 'x-user', value: 'ann', port: 80 })).toEqual({
    name: 'x-user',
    value: 'ann',
    port: 80,
  });
});
