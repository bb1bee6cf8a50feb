import { expect, test } from 'vitest';
import { type Arrangement, columnGap, freeLoose, needsLayout, placeNew, rowGap } from './positions.ts';

const edge = (source: string, destination: string) => ({ source, destination });
const shop: Arrangement = {
  points: { frontend: { x: 0, y: 0 }, cart: { x: columnGap, y: 0 }, ads: { x: columnGap, y: rowGap } },
  edges: 2,
  loose: [],
  byHand: false,
};
const edges = [edge('frontend', 'cart'), edge('frontend', 'ads')];

test('the first graph is laid out, a known one is not', () => {
  expect(needsLayout(undefined, { services: ['a'], edges: [] })).toBe(true);
  expect(needsLayout(shop, { services: ['frontend', 'cart', 'ads'], edges })).toBe(false);
  expect(needsLayout(shop, { services: [], edges: [] })).toBe(false);
});

test('a graph that has grown by a quarter is laid out again, unless a person arranged it', () => {
  const services = ['frontend', 'cart', 'ads', 'email'];
  expect(needsLayout(shop, { services, edges })).toBe(true);
  expect(needsLayout({ ...shop, byHand: true }, { services, edges })).toBe(false);
});

test('a layout made before the traffic came is made again', () => {
  const services = ['frontend', 'cart', 'ads'];
  const more = [...edges, edge('cart', 'ads'), edge('ads', 'cart')];
  expect(needsLayout({ ...shop, edges: 0 }, { services, edges: more })).toBe(true);
  expect(needsLayout(shop, { services, edges: [...edges, edge('cart', 'ads')] })).toBe(false);
});

test('a new service stands right of its callers, on a free place, and moves nobody', () => {
  const services = ['frontend', 'cart', 'ads', 'email'];
  const { points } = placeNew(shop, { services, edges: [...edges, edge('frontend', 'email')] });
  expect(points).toMatchObject(shop.points);
  expect(points.email).toEqual({ x: columnGap, y: -rowGap });
});

test('a caller stands left of what it calls; one without traffic below all', () => {
  const services = ['frontend', 'cart', 'ads', 'load', 'quiet'];
  const { points } = placeNew(shop, { services, edges: [...edges, edge('load', 'frontend')] });
  expect(points.load).toEqual({ x: -columnGap, y: 0 });
  expect(points.quiet).toEqual({ x: -columnGap, y: 2 * rowGap });
});

test('a service without traffic finds its place when its first call comes', () => {
  const services = ['frontend', 'cart', 'ads', 'quiet'];
  const placed = placeNew(shop, { services, edges });
  expect(placed.loose).toEqual(['quiet']);
  expect(freeLoose(placed, { services, edges })).toBe(placed);
  const shape = { services, edges: [...edges, edge('cart', 'quiet')] };
  const settled = placeNew(freeLoose(placed, shape), shape);
  expect(settled.points.quiet).toEqual({ x: 2 * columnGap, y: 0 });
  expect(settled.points).toMatchObject(shop.points);
  expect(settled.loose).toEqual([]);
});
