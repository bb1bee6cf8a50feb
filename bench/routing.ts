/**
 * What a decision of the router costs with 10 rules and with 1,000, by what the rules ask for.
 *   npm run bench:routing -- [--rounds 9] [--decisions 200000]
 * Both take turns and medians count, so that the ratio means something on a busy machine; nanoseconds do not. Fails when
 * 1,000 rules cost more than twice as much as 10.
 */
import { parseArgs } from 'node:util';
import { registryOf } from '@tulle/agent/balance/spec-fleet.spec-support';
import { Compiler } from '@tulle/agent/router/compile';
import { requestFor } from '@tulle/agent/router/request.spec-support';
import { Router } from '@tulle/agent/router/router';
import { defaultPolicy } from '@tulle/mesh/policy';
import { type RouteRule, routeRulesSchema } from '@tulle/mesh/route';
import type { RequestHead } from '@tulle/wire/http/message-head';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    decisions: { type: 'string', default: '200000' },
  },
});
const rounds = Number(values.rounds);
const decisions = Number(values.decisions);
const [few, many] = [10, 1_000];
const maxRatio = 2;

/** How rule number `n` is written, and the request it is for. */
interface Kind {
  readonly name: string;
  match(n: number): object;
  request(n: number): RequestHead;
}

const usual = {
  'user-agent': 'bench/1.0',
  accept: '*/*',
  'accept-encoding': 'gzip, br',
  'content-type': 'application/json',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};
const request = (target: string, fields: Record<string, string> = {}) =>
  requestFor(target, { fields: { ...usual, ...fields } });

const kinds: readonly Kind[] = [
  {
    name: 'exact paths',
    match: (n) => ({ path: { type: 'Exact', value: `/api/resource-${n}/list` } }),
    request: (n) => request(`/api/resource-${n}/list?page=2`),
  },
  {
    name: 'prefixes',
    match: (n) => ({ path: { type: 'PathPrefix', value: `/api/resource-${n}` } }),
    request: (n) => request(`/api/resource-${n}/items/42?page=2`),
  },
  {
    name: 'a header under one prefix',
    match: (n) => ({
      path: { type: 'PathPrefix', value: '/api' },
      headers: [{ name: 'x-tenant', value: `tenant-${n}` }],
    }),
    request: (n) => request('/api/items/42', { 'x-tenant': `tenant-${n}` }),
  },
  {
    name: 'a query parameter and a method',
    match: (n) => ({ method: 'GET', queryParams: [{ name: 'tenant', value: `tenant-${n}` }] }),
    request: (n) => request(`/items?page=2&tenant=tenant-${n}`),
  },
  {
    name: 'expressions with beginnings of their own',
    match: (n) => ({ path: { type: 'RegularExpression', value: `/resource-${n}/[0-9]+(/.*)?` } }),
    request: (n) => request(`/resource-${n}/42/details`),
  },
  {
    name: 'gRPC methods',
    match: (n) => ({ grpc: { service: 'shop.v1.Cart', method: `Method${n}` } }),
    request: (n) => request(`/shop.v1.Cart/Method${n}`),
  },
  {
    name: 'rules that none of the requests match',
    match: (n) => ({ path: { type: 'PathPrefix', value: `/api/resource-${n}` }, method: 'DELETE' }),
    request: (n) => request(`/other/resource-${n}/items/42`),
  },
];

let missed = 0;
const none = measured(few, undefined);
const plain = median(Array.from({ length: rounds }, () => none()));
console.log(`without rules: ${plain.toFixed(0)} ns`);
for (const kind of kinds) {
  const [small, large] = [measured(few, kind), measured(many, kind)];
  const costs = Array.from({ length: rounds }, () => [small(), large()] as const);
  const [fewNs, manyNs] = [median(costs.map(([ns]) => ns)), median(costs.map(([, ns]) => ns))];
  const ratio = manyNs / fewNs;
  if (ratio > maxRatio) missed++;
  console.log(
    `${ratio <= maxRatio ? 'met   ' : 'MISSED'} ${kind.name}: ${few} rules ${fewNs.toFixed(0)} ns, ` +
      `${many} rules ${manyNs.toFixed(0)} ns, ratio ${ratio.toFixed(2)}`,
  );
}
console.log(`compiling ${many} rules: ${median(Array.from({ length: 5 }, compileMs)).toFixed(1)} ms`);
process.exitCode = missed === 0 ? 0 : 1;

/** A run that gives nanoseconds for one decision. The same ten requests for both sizes, spread over the rules. */
function measured(count: number, kind: Kind | undefined): () => number {
  const router = routerOf(kind === undefined ? [] : rulesOf(count, kind));
  const requests = Array.from({ length: 10 }, (_, index) =>
    kind === undefined ? request('/api/items/42') : kind.request(Math.floor((index * count) / 10)),
  );
  return () => {
    const start = process.hrtime.bigint();
    let found = 0;
    for (let done = 0; done < decisions; done++) {
      const head = requests[done % requests.length] as RequestHead;
      if (router.route('web.mesh', head, 'caller') !== undefined) found++;
    }
    const ns = Number(process.hrtime.bigint() - start);
    if (found !== decisions) throw new Error('a request went unrouted');
    return ns / decisions;
  };
}

function rulesOf(count: number, kind: Kind): RouteRule[] {
  return routeRulesSchema.parse(
    Array.from({ length: count }, (_, n) => ({ name: `rule-${n}`, matches: [kind.match(n)] })),
  );
}

function routerOf(rules: RouteRule[]): Router {
  return new Router(new Compiler(registryOf().registry).compile([viewOf(rules)]).services);
}

function viewOf(rules: RouteRule[]) {
  const { kind: _kind, service, ...policy } = defaultPolicy('web');
  return { service, protocol: 'http' as const, port: 80, policy, rules, endpoints: [] };
}

function compileMs(): number {
  const rules = kinds.flatMap((kind) => rulesOf(many / 10, kind)).map(({ name: _name, ...rule }) => rule);
  const compiler = new Compiler(registryOf().registry);
  const start = performance.now();
  compiler.compile([viewOf(rules.concat(rules).slice(0, many))]);
  return performance.now() - start;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}
