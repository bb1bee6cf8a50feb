import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { AddressStore } from './address-store.ts';
import { LoopbackAddresses } from './loopback-addresses.ts';

const name = fc
  .tuple(
    fc.constantFrom(...'abcxyz'),
    fc.string({ unit: fc.constantFrom(...'abcdef0123456789'), maxLength: 8 }),
  )
  .map(([first, rest]) => first + rest);
const names = fc.uniqueArray(name, { maxLength: 40 });

it('each service has its own address in 127.64.0.0/10, whatever came before it', () => {
  fc.assert(
    fc.property(names, names, (first, second) => {
      const addresses = new LoopbackAddresses();
      addresses.assign(first);
      const before = addresses.assigned;
      addresses.assign(second);
      const all = addresses.assigned;
      expect(all).toMatchObject(before);
      expect(new Set(Object.values(all)).size).toBe(new Set([...first, ...second]).size);
      for (const text of Object.values(all)) {
        const [a = 0, b = 0, , d = 0] = text.split('.').map(Number);
        expect([a, b >= 64 && b < 128, d !== 0 && d !== 255]).toEqual([127, true, true]);
      }
      expect(new LoopbackAddresses(all).assigned).toEqual(all);
    }),
  );
});

it('another agent gives the same addresses, also those of names that meet', () => {
  // Enough names for some to meet in 4 million addresses.
  const services = Array.from({ length: 20_000 }, (_, index) => `service-${index}`);
  const first = new LoopbackAddresses();
  first.assign(services);
  const second = new LoopbackAddresses();
  second.assign(services.toReversed());
  const all = first.assigned;
  expect(JSON.stringify(second.assigned)).toBe(JSON.stringify(all));
  const alone = services.filter((service) => {
    const own = new LoopbackAddresses();
    own.assign([service]);
    return own.assigned[service] !== all[service];
  });
  expect(alone.length).toBeGreaterThan(0);
  expect(alone.length).toBeLessThan(200);
});

it('the address of a name is what it always was', () => {
  const addresses = new LoopbackAddresses();
  expect(addresses.assign(['orders', 'payment'])).toBe(true);
  expect(addresses.assign(['orders'])).toBe(false);
  expect(addresses.assigned).toEqual({ orders: '127.71.5.162', payment: '127.78.85.3' });
});

it.each([
  '127.0.0.1',
  '10.0.0.1',
  '127.64.0.0',
  '127.64.1.255',
  '127.128.0.1',
  '127.64.1',
  'x',
  '127.64.1.2.3',
])('what was never assigned is not taken from the disk: %s', (text) => {
  expect(() => new LoopbackAddresses({ orders: text })).toThrow(`${text} cannot be the address of orders`);
});

it('on disk they survive, and a damaged file only costs those that met', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'addresses-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const complaints: string[] = [];
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (_: object, text: string) => complaints.push(text),
  };
  const store = new AddressStore(folder, logger);
  expect(store.load().assigned).toEqual({});
  const stored = { orders: '127.64.1.2', payment: '127.99.3.4' };
  store.save(stored);
  await store.settled();
  expect(store.load().assigned).toEqual(stored);
  expect(complaints).toEqual([]);
  const file = join(folder, 'loopback-addresses.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('127.64.1.2', '127.64.1.3'));
  expect(store.load().assigned).toEqual({});
  store.save({ orders: '127.64.1.2', payment: '127.64.1.2' });
  await store.settled();
  expect(store.load().assigned).toEqual({});
  expect(complaints).toHaveLength(2);
});
