import { expect, it } from 'vitest';
import { WatchedServices } from './watched-services.ts';

it('invented names give way to those that come, and to none that is declared or has a view', () => {
  const views = new Set<string>();
  const watched = new WatchedServices(['declared'], (service) => views.has(service), 4);
  for (const service of ['orders', 'a', 'b']) expect(watched.add(service)).toBe(true);
  views.add('orders');
  expect(watched.add('b')).toBe(false);
  expect(watched.list()).toEqual(['declared', 'orders', 'a', 'b']);
  expect(watched.add('cart')).toBe(true);
  expect(watched.list()).toEqual(['declared', 'orders', 'b', 'cart']);
  for (let count = 0; count < 100; count++) expect(watched.add(`invented-${count}`)).toBe(true);
  expect(watched.list()).toEqual(['declared', 'orders', 'invented-98', 'invented-99']);
});

it('takes no more when all of them have views', () => {
  const watched = new WatchedServices([], () => true, 2);
  expect(['a', 'b', 'c'].map((service) => watched.add(service))).toEqual([true, true, false]);
  expect(watched.list()).toEqual(['a', 'b']);
});
