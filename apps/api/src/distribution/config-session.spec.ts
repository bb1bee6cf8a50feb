import { expect, it } from 'vitest';
import { resourceName } from './compiled-views.ts';
import { ConfigSession } from './config-session.ts';

const mostServices = 10_000;

it('follows a service after ten thousand that do not exist, whose names a caller may have invented', async () => {
  const real = new Set(['edge', 'orders', 'web'].map(resourceName));
  const held = new Set<string>();
  const session = new ConfigSession(
    {
      views: {
        get: (name) => (real.has(name) ? { name, hash: name, text: '{}' } : undefined),
        named: () => [],
      },
      revision: () => 1,
      hold: (service) => void held.add(service),
      release: (service) => void held.delete(service),
      pushed: () => {},
      answered: () => {},
      now: () => 0,
    },
    'edge',
  );
  const invented = Array.from({ length: mostServices }, (_, index) => `invented-${index}`);
  session.watch(['orders', ...invented]);
  session.watch(['web']);
  expect(held).toContain('web');
  expect(held).toContain('orders');
  expect(held).toContain('edge');
  expect(held.size).toBe(mostServices);

  const aborted = new AbortController();
  const { value } = await session.messages({ services: [], held: {} }, aborted.signal).next();
  expect(value?.resources.map(({ name }) => name).sort()).toEqual([...real].sort());
});
