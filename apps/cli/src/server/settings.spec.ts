import { expect, it } from 'vitest';
import { readSettings } from './settings.ts';

it('has a default for everything that needs one', () => {
  const settings = readSettings({}, {});
  expect(settings).toMatchObject({ host: '127.0.0.1', port: 4400, agentsPort: 4401, demo: false });
  expect(settings.certificateLifetimeMs).toBe(24 * 60 * 60_000);
  expect(settings.databaseUrl).toBeUndefined();
});

it('takes flags before variables', () => {
  const settings = readSettings(
    { port: '5000' },
    { TULLE_PORT: '6000', TULLE_ALLOWED_HOSTS: 'a.example, b' },
  );
  expect(settings.port).toBe(5000);
  expect(settings.allowedHosts).toEqual(['a.example', 'b']);
});

it('reads the database from the variable that everybody knows, and an empty one as none', () => {
  expect(readSettings({}, { DATABASE_URL: 'postgresql://db/tulle' }).databaseUrl).toBe(
    'postgresql://db/tulle',
  );
  expect(readSettings({}, { DATABASE_URL: '' }).databaseUrl).toBeUndefined();
});

it('names a setting only by what it can be set with', () => {
  const flags = { databaseUrl: '', secretKey: '' };
  expect(() => readSettings(flags, {})).toThrow(
    '--database-url or DATABASE_URL: at least 1 character. TULLE_SECRET_KEY: at least 1 character.',
  );
  expect(readSettings({}, { TULLE_SECRET_KEY: '', TULLE_PORT: '' })).toMatchObject({ port: 4400 });
});

it.each([
  [{ TULLE_PORT: '70000' }, '--port or TULLE_PORT: ports end at 65535.'],
  [{ TULLE_PORT: 'http' }, '--port or TULLE_PORT: '],
  [
    { TULLE_CERTIFICATE_LIFETIME_MS: '5' },
    '--certificate-lifetime-ms or TULLE_CERTIFICATE_LIFETIME_MS: at least a minute.',
  ],
  [{ TULLE_LOG_LEVEL: 'loud' }, '--log-level or TULLE_LOG_LEVEL: '],
  [{ TULLE_PUBLIC_URL: 'mesh.example' }, '--public-url or TULLE_PUBLIC_URL: an http:// or https:// address'],
  [{ TULLE_PUBLIC_URL: 'https://mesh.example/tulle' }, 'without a path.'],
  [{ TULLE_DEMO: 'perhaps' }, '--demo or TULLE_DEMO: on or off.'],
  [{ TULLE_AGENTS_PORT: '4400' }, '--port and --agents-port are both 4400'],
])('says what is wrong with %o, and where it stands', (environment, sentence) => {
  expect(() => readSettings({}, environment)).toThrow(sentence);
});
