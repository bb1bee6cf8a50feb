import { expect, test } from 'vitest';
import { withoutHidden } from './without-hidden.ts';

const traffic = (rate: number) => ({ rate, errorRate: 0, successRate: 100, p50: 1, p95: 2, p99: 3 });
const node = (service: string, rate: number) => ({ service, health: 'ok' as const, traffic: traffic(rate) });
const edge = (source: string, destination: string, rate: number) => ({
  ...{ id: `${source}->${destination}`, source, destination, health: 'ok' as const, traffic: traffic(rate) },
});
const view = {
  nodes: [node('shop', 30), node('ads', 20), node('mail', 1)],
  edges: [edge('shop', 'ads', 20), edge('shop', 'mail', 1), edge('ads', 'mail', 9)],
};
const shown = (text: string) => {
  const { nodes, edges } = withoutHidden(text, view);
  return [...nodes.map(({ service }) => service), ...edges.map(({ id }) => id)].join(' ');
};

test('a hidden service takes its calls along', () => {
  expect(shown('ads')).toBe('shop mail shop->mail');
  expect(shown('ads, mail')).toBe('shop');
});

test('a figure hides services and calls alike', () => {
  expect(shown('rate < 10')).toBe('shop ads shop->ads');
});

test('a call goes with either of its ends, whatever its own figure', () => {
  expect(shown('rate > 25')).toBe('ads mail ads->mail');
  expect(shown('rate < 5')).toBe('shop ads shop->ads');
});

test('nothing asked away hides nothing', () => {
  expect(withoutHidden(' ', view)).toBe(view);
  expect(shown('nowhere')).toBe('shop ads mail shop->ads shop->mail ads->mail');
});
