import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AccessRule,
  accessRuleSchema,
  admits,
  allowInForce,
  sameCallers,
  servicesGoverned,
} from './access-rule.ts';
import { resourceSchema, resourceService } from './resource.ts';
import { serviceViewSchema } from './service-view.ts';
import { compileServiceView } from './snapshot.ts';
import { validateMesh } from './validate-mesh.ts';

const services = ['ads', 'cart', 'orders', 'web'];
const callers = fc.constantFrom(...services);
const allow = fc.array(fc.constantFrom(...services, '*'), { maxLength: 4 });
const maybeAllow = fc.option(allow);

const ruleOf = (service: string, names: readonly string[] | null): AccessRule | undefined =>
  names === null ? undefined : { kind: 'AccessRule', service, allow: [...names] };

/** As an agent decides with the view it gets. */
function letsIn(
  service: string,
  caller: string,
  own: AccessRule | undefined,
  byDefault?: AccessRule,
): boolean {
  const view = serviceViewSchema.parse(
    compileServiceView(service, { accessRule: own, defaultAccessRule: byDefault }, []),
  );
  return view.allow === undefined || new Set(view.allow).has(caller);
}

test('whatever the rules and the default are, the compiled view decides as they are defined', () => {
  fc.assert(
    fc.property(callers, callers, maybeAllow, maybeAllow, (service, caller, own, byDefault) => {
      const decided = letsIn(service, caller, ruleOf(service, own), ruleOf('*', byDefault));
      // The definition, in as many words: the rule of its own, else that of the mesh, else anybody.
      let defined = true;
      if (own !== null) defined = own.some((name) => name === caller || name === '*');
      else if (byDefault !== null) defined = byDefault.some((name) => name === caller || name === '*');
      expect(decided).toBe(defined);
      expect(admits(allowInForce(own, byDefault), caller)).toBe(defined);
    }),
  );
});

test('a default to deny closes what has no rule, and a rule opens its service alone', () => {
  const deny = ruleOf('*', []);
  expect(letsIn('orders', 'web', undefined)).toBe(true);
  expect(letsIn('orders', 'web', undefined, deny)).toBe(false);
  expect(letsIn('orders', 'web', ruleOf('orders', ['web']), deny)).toBe(true);
  expect(letsIn('orders', 'ads', ruleOf('orders', ['web']), deny)).toBe(false);
  expect(letsIn('orders', 'ads', ruleOf('orders', ['*']), deny)).toBe(true);
  expect(letsIn('orders', 'ads', ruleOf('orders', []), ruleOf('*', ['*']))).toBe(false);
});

test('the default is a resource as others are, and needs no service', () => {
  const rule = accessRuleSchema.parse({ kind: 'AccessRule', service: '*', allow: [] });
  expect(resourceService(rule)).toBe('*');
  expect(validateMesh([rule], { versions: {} })).toEqual([]);
  const split = { kind: 'TrafficSplit', service: '*', weights: [{ version: 'v1', weight: 100 }] };
  expect(resourceSchema.safeParse(split).success).toBe(false);
  expect(accessRuleSchema.safeParse({ kind: 'AccessRule', service: 'or*', allow: [] }).success).toBe(false);
});

test('lists are the same whatever their order, and none is not the empty one', () => {
  expect(sameCallers(['a', 'b', 'a'], ['b', 'a'])).toBe(true);
  expect(sameCallers(['a'], ['a', 'b'])).toBe(false);
  expect(sameCallers([], null)).toBe(false);
  expect(sameCallers(null, null)).toBe(true);
});

test('a change of the default concerns the services without a rule of their own, and those it names itself', () => {
  const hasOwnRule = (service: string) => service === 'cart';
  expect(servicesGoverned(['orders'], services, hasOwnRule)).toEqual(['orders']);
  expect(servicesGoverned(['*'], services, hasOwnRule)).toEqual(['ads', 'orders', 'web']);
  expect(servicesGoverned(['*', 'cart', 'web'], services, hasOwnRule).sort()).toEqual(services);
});
