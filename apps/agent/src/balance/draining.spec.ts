import { expect, it } from 'vitest';
import { applyTo, endpointOf, registryOf } from './spec-fleet.spec-support.ts';

it('an endpoint that no configuration names any more is shown until its last request has ended', () => {
  const { registry } = registryOf();
  const [gone] = applyTo(registry, [endpointOf(0), endpointOf(1)]).backends;
  if (gone === undefined) throw new Error('there are two');
  gone.active = 2;
  applyTo(registry, [endpointOf(1)]);
  expect(registry.draining()).toEqual([{ service: 'web', backend: gone }]);
  expect(gone.state(0)).toMatchObject({ why: 'draining' });
  expect(gone.isAvailable(0)).toBe(false);
  gone.active = 0;
  expect(registry.draining()).toEqual([]);
});

it('one that is idle, or is there again under its name, is not shown twice', () => {
  const { registry } = registryOf();
  const [former] = applyTo(registry, [endpointOf(0), endpointOf(1)]).backends;
  if (former === undefined) throw new Error('there are two');
  former.active = 1;
  applyTo(registry, [endpointOf(0, { port: 99 })]);
  expect(registry.entries()).toHaveLength(1);
  expect(registry.draining()).toEqual([]);
});
