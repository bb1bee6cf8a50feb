import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sticky } from './sticky.ts';
import { describeCallerChange, isSameSticky, stickyTerms } from './sticky-words.ts';

const cookie = { by: 'cookie', name: 'sid' } as const;
const header = { by: 'header', name: 'x-user' } as const;
const source = { by: 'source' } as const;
const session = { by: 'session', name: 'shop' } as const;

const weights = (v1: number, v2: number) => [
  { version: 'v1', weight: v1 },
  { version: 'v2', weight: v2 },
];
const plain = (sentences: readonly string[]) => sentences.map((text) => text.replaceAll('\u2009', ' '));
const terms = (from: Sticky | null, to: Sticky | null) =>
  plain(
    describeCallerChange(
      { sticky: from, weights: weights(90, 10) },
      { sticky: to, weights: weights(90, 10) },
    ),
  );
const shares = (sticky: Sticky | null, from: [number, number], to: [number, number]) =>
  plain(describeCallerChange({ sticky, weights: weights(...from) }, { sticky, weights: weights(...to) }));

it.each([
  [cookie, 'by cookie sid'],
  [header, 'by header x-user'],
  [source, "by the caller's identity"],
  [session, 'by cookie shop, which the mesh sets'],
  [{ ...session, lifetimeMs: 3_600_000 }, 'by cookie shop, which the mesh sets and is kept for 1 h'],
] as const)('%o is told as: %s', (sticky, words) => {
  expect(plain([stickyTerms(sticky)])).toEqual([words]);
});

describe('other terms', () => {
  it.each([
    [
      null,
      cookie,
      ['Callers stay with their version by cookie sid; a request without it is routed by weight.'],
    ],
    [
      cookie,
      header,
      ['Callers are assigned anew, by header x-user; a request without it is routed by weight.'],
    ],
    [
      null,
      source,
      [
        "Callers stay with their version by the caller's identity.",
        'The weights share out callers, not requests: with few callers, shares may be far from them.',
      ],
    ],
    [cookie, null, ['No caller stays with its version any longer: every request is routed by weight.']],
    [
      null,
      session,
      ['Callers without cookie shop are routed by weight once, get it with the answer, and stay.'],
    ],
    [
      { ...session, name: 'old' },
      session,
      [
        'Callers are assigned anew.',
        'Callers without cookie shop are routed by weight once, get it with the answer, and stay.',
      ],
    ],
    [
      session,
      { ...session, lifetimeMs: 60_000 },
      ['Callers with cookie shop stay; those without it get it in its new form.'],
    ],
  ] as [Sticky | null, Sticky | null, string[]][])('from %o to %o', (from, to, sentences) => {
    expect(terms(from, to)).toEqual(sentences);
  });
});

describe('other weights', () => {
  it('move as many callers as they differ by, when a key decides', () => {
    expect(shares(cookie, [90, 10], [50, 50])).toEqual([
      '40 % of callers with cookie sid move to v2; all others stay.',
    ]);
    expect(shares(source, [90, 10], [100, 0])).toEqual([
      '10 % of calling services move to v1; all others stay.',
    ]);
  });

  it('may move more between three versions', () => {
    const three = (...each: number[]) => each.map((weight, index) => ({ version: `v${index}`, weight }));
    const sentences = describeCallerChange(
      { sticky: cookie, weights: three(60, 30, 10) },
      { sticky: cookie, weights: three(50, 20, 30) },
    );
    expect(plain(sentences)).toEqual(['At least 20 % of callers with cookie sid move to another version.']);
  });

  it('leave sessions where they are, but those of a version without a share', () => {
    const stay = 'Callers with cookie shop stay; those without it are assigned by the new weights.';
    expect(shares(session, [90, 10], [50, 50])).toEqual([stay]);
    expect(shares(session, [90, 10], [100, 0])).toEqual([
      stay,
      'Callers of v2 are assigned anew, since it no longer has a share.',
    ]);
  });

  it('say nothing of callers where none stays', () => {
    expect(shares(null, [90, 10], [50, 50])).toEqual([]);
  });
});

it('something is said just when the terms differ', () => {
  const sticky = fc.constantFrom<Sticky | null>(null, cookie, header, source, session, {
    ...session,
    path: '/shop',
  });
  fc.assert(
    fc.property(sticky, sticky, (from, to) => {
      expect(terms(from, to).length === 0).toBe(isSameSticky(from, to));
    }),
  );
});

it('the order of fields makes no difference', () => {
  expect(isSameSticky(cookie, { name: 'sid', by: 'cookie' })).toBe(true);
  expect(isSameSticky(cookie, { ...cookie, name: 'other' })).toBe(false);
});
