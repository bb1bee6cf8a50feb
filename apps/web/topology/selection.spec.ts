import { expect, test } from 'vitest';
import { connectedTo, parseSelection, selectionId } from './selection.ts';

test('a selection survives its way through the URL', () => {
  for (const text of ['payment', 'checkout->payment']) {
    const selection = parseSelection(text);
    expect(selection && selectionId(selection)).toBe(text);
  }
  expect(parseSelection('')).toBeUndefined();
  expect(parseSelection('checkout->')).toBeUndefined();
});

test('a node is connected to its edges and their other ends, an edge to its ends', () => {
  const edges = [
    { id: 'a->b', source: 'a', destination: 'b' },
    { id: 'b->c', source: 'b', destination: 'c' },
  ] as never;
  expect([...connectedTo({ kind: 'node', service: 'a' }, { edges })]).toEqual(['a', 'a->b', 'b']);
  expect([...connectedTo({ kind: 'edge', source: 'b', destination: 'c' }, { edges })]).toEqual([
    'b->c',
    'b',
    'c',
  ]);
});
