import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accessRuleSchema } from './access-rule.ts';
import { gatewaySchema } from './gateway.ts';
import { serviceSchema } from './service.ts';
import { type Endpoint, serviceViewSchema } from './service-view.ts';
import { canonicalJson, compileServiceView } from './snapshot.ts';
import { trafficSplitSchema } from './traffic-split.ts';

const instance = (id: string, version = 'v1'): Endpoint => ({
  id,
  version,
  host: '10.0.0.1',
  port: 9000,
  tls: true,
});

test('a service known only by its instances has every default', () => {
  const view = compileServiceView('orders', {}, [instance('orders-b'), instance('orders-a')]);
  expect(view).toMatchObject({ service: 'orders', protocol: 'http', port: 80 });
  expect(view.endpoints.map((endpoint) => endpoint.id)).toEqual(['orders-a', 'orders-b']);
  expect(view.policy.timeouts.connectMs).toBe(1_000);
  expect('weights' in view || 'allow' in view).toBe(false);
  expect(serviceViewSchema.parse(view)).toEqual(view);
});

test('what is declared is in the view, static endpoints in plain text', () => {
  const view = compileServiceView(
    'orders',
    {
      service: serviceSchema.parse({
        kind: 'Service',
        name: 'orders',
        port: 8080,
        endpoints: [{ host: 'db', port: 5432 }],
      }),
      trafficSplit: trafficSplitSchema.parse({
        kind: 'TrafficSplit',
        service: 'orders',
        weights: [
          { version: 'v2', weight: 10 },
          { version: 'v1', weight: 90 },
        ],
      }),
      accessRule: accessRuleSchema.parse({
        kind: 'AccessRule',
        service: 'orders',
        allow: ['web', 'cart', 'web'],
      }),
    },
    [instance('orders-a', 'v2')],
  );
  expect(view.port).toBe(8080);
  expect(view.weights?.map((entry) => entry.version)).toEqual(['v1', 'v2']);
  expect(view.allow).toEqual(['cart', 'web']);
  expect(view.endpoints[0]).toEqual({ id: 'db:5432', version: 'v1', host: 'db', port: 5432, tls: false });
});

test('a rule that names everybody allows everybody, one that names nobody nobody', () => {
  const allow = (names: string[]) =>
    compileServiceView('orders', { accessRule: { kind: 'AccessRule', service: 'orders', allow: names } }, [])
      .allow;
  expect(allow(['web', '*'])).toBeUndefined();
  expect(allow([])).toEqual([]);
});

test('the order of endpoints does not change the text', () => {
  const ids = fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,12}$/), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(ids, (names) => {
      const endpoints = names.map((name) => instance(name));
      const text = (list: Endpoint[]) => canonicalJson(compileServiceView('orders', {}, list));
      expect(text(endpoints.toReversed())).toBe(text(endpoints));
    }),
  );
});

test('canonical JSON keeps the value and forgets the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
  expect(canonicalJson({ b: 1, a: { d: undefined, c: [{ z: 1, y: 2 }] } })).toBe(
    '{"a":{"c":[{"y":2,"z":1}]},"b":1}',
  );
});

test('the view of a gateway says what it lets in, without the key of the resource', () => {
  const routes = [{ hostnames: ['shop.example.com'], service: 'shop' }];
  const gateway = gatewaySchema.parse({ kind: 'Gateway', service: 'edge', routes, httpsRedirect: {} });
  const view = compileServiceView('edge', { gateway }, []);
  expect(view.gateway).toEqual({ routes, httpsRedirect: { statusCode: 308, port: 443 } });
  expect(serviceViewSchema.parse(view)).toEqual(view);
});
