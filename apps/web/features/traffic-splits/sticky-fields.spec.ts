import type { Sticky } from '@tulle/mesh/sticky';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf, stickyOf } from './sticky-fields.ts';

describe('the fields of stickiness', () => {
  it('mean what they were made of', () => {
    const sticky = fc.constantFrom<Sticky | null>(
      null,
      { by: 'cookie', name: 'sid' },
      { by: 'header', name: 'x-user' },
      { by: 'source' },
      { by: 'session', name: 'shop', lifetimeMs: 60_000, path: '/shop' },
    );
    fc.assert(
      fc.property(sticky, (base) => {
        expect(stickyOf(fieldsOf(base), base)).toEqual({ sticky: base, issue: null });
      }),
    );
  });

  it('keep the lifetime of a session that gets another name, and forget it with the session', () => {
    const base = { by: 'session', name: 'shop', lifetimeMs: 60_000 } as const;
    expect(stickyOf({ by: 'session', name: 'other' }, base)).toMatchObject({
      sticky: { ...base, name: 'other' },
    });
    expect(stickyOf({ by: 'cookie', name: 'shop' }, base)).toMatchObject({
      sticky: { by: 'cookie', name: 'shop' },
    });
  });

  it.each([
    [{ by: 'cookie', name: '' }, 'Say by which cookie.'],
    [{ by: 'header', name: '' }, 'Say by which header.'],
    [{ by: 'cookie', name: 'a b' }, 'Letters, digits and dashes.'],
    [{ by: 'header', name: 'x-tulle-user' }, 'X-tulle-… belongs to the mesh.'],
  ] as const)('%o are not complete: %s', (fields, issue) => {
    expect(stickyOf(fields, null)).toEqual({ issue });
  });

  it('know headers by their names in lower case', () => {
    expect(stickyOf({ by: 'header', name: 'X-User' }, null)).toMatchObject({ sticky: { name: 'x-user' } });
  });
});
