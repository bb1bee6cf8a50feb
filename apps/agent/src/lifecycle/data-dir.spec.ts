import { homedir } from 'node:os';
import { expect, test, vi } from 'vitest';
import { defaultDataDir } from './data-dir.ts';
import { UsageError } from './options.ts';

vi.mock('node:os', () => ({ homedir: vi.fn() }));

test('state is kept in the home of the user, or where the system says', () => {
  vi.mocked(homedir).mockReturnValue('/home/mesh');
  expect(defaultDataDir('web-v1', {})).toBe('/home/mesh/.local/state/tulle/agents/web-v1');
  expect(defaultDataDir('web-v1', { XDG_STATE_HOME: '/var/lib' })).toBe('/var/lib/tulle/agents/web-v1');
});

test('a user without a home is told how to say where', () => {
  vi.mocked(homedir).mockImplementation(() => {
    throw new Error('uv_os_homedir returned ENOENT (no such file or directory)');
  });
  expect(() => defaultDataDir('web-v1', {})).toThrow(UsageError);
  expect(() => defaultDataDir('web-v1', {})).toThrow('--data-dir');
});
