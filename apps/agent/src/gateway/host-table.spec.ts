import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostTable, hostOf } from './host-table.ts';

const table = new HostTable([
  { hostnames: ['shop.example.com', 'localhost'], service: 'shop' },
  { hostnames: ['*.example.com'], service: 'any' },
  { hostnames: ['*.eu.example.com'], service: 'europe' },
  { hostnames: ['example.com'], service: 'home' },
]);

describe('a host goes by the most specific name', () => {
  it.each([
    ['shop.example.com', 'shop'],
    ['SHOP.Example.com:8443', 'shop'],
    ['shop.example.com.', 'shop'],
    ['shop.example.com.:443', 'shop'],
    ['localhost:1', 'shop'],
    ['a.example.com', 'any'],
    ['a.b.example.com', 'any'],
    ['a.eu.example.com', 'europe'],
    ['eu.example.com', 'any'],
    ['example.com', 'home'],
  ])('%s', (authority, service) => {
    expect(table.find(authority)).toBe(service);
    expect(table.find(authority)).toBe(service);
  });

  it.each([
    '',
    'com',
    'example.org',
    '.example.com',
    'xexample.com',
    'shop.example.com..',
    '*.example.org',
    '[::1]:443',
    '127.0.0.1',
    '__proto__',
  ])('%s has none', (authority) => expect(table.find(authority)).toBeUndefined());
});

/** Longest match by looking at all of them: an exact name has no wildcard to lose against. */
function naive(names: ReadonlyMap<string, string>, host: string): string | undefined {
  const fitting = [...names.keys()].filter((name) =>
    name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length > name.length - 1 : host === name,
  );
  const best = fitting.toSorted(
    (a, b) => Number(a.startsWith('*')) - Number(b.startsWith('*')) || b.length - a.length,
  )[0];
  return best === undefined ? undefined : names.get(best);
}

it('agrees with a search through all names', () => {
  const host = fc
    .array(fc.constantFrom('a', 'b', 'aa'), { minLength: 1, maxLength: 5 })
    .map((all) => all.join('.'));
  const hostname = fc.tuple(fc.boolean(), host).map(([wild, name]) => (wild ? `*.${name}` : name));
  const routes = fc
    .uniqueArray(hostname, { maxLength: 12 })
    .map((names) => names.map((name, at) => ({ hostnames: [name], service: `s${at}` })));
  fc.assert(
    fc.property(routes, fc.array(host, { minLength: 1, maxLength: 8 }), (all, hosts) => {
      const tried = new HostTable(all);
      const names = new Map(all.map(({ hostnames, service }) => [hostnames[0] ?? '', service]));
      for (const one of hosts) expect(tried.find(one)).toBe(naive(names, one));
    }),
  );
});

it('reads a name out of an authority', () => {
  expect(['A.b:1', 'a.b.', 'a', ''].map(hostOf)).toEqual(['a.b', 'a.b', 'a', '']);
});
