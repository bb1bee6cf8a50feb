import { call } from '../src/http-service.ts';
import { products } from './products.ts';

/**
 * People in the shop: each looks at the index, browses, fills a cart and sometimes checks out, with pauses. The
 * proportions are those of the online boutique's load generator. RATE is pages per second, all people together.
 */
const rate = Number(process.env.RATE ?? 30);
const people = Math.max(1, Math.ceil(rate / 2));
const currencies = ['EUR', 'USD', 'JPY', 'CAD', 'GBP'];

type Visit = (user: string) => Promise<unknown>;

const visits: readonly { weight: number; visit: Visit }[] = [
  { weight: 2, visit: (user) => call('frontend', `/?user=${user}`) },
  {
    weight: 10,
    visit: (user) => call('frontend', `/product/${anyProduct()}?user=${user}&currency=${any(currencies)}`),
  },
  { weight: 3, visit: (user) => call('frontend', `/cart?user=${user}`) },
  { weight: 2, visit: addToCart },
  { weight: 2, visit: buy },
];
const totalWeight = visits.reduce((sum, { weight }) => sum + weight, 0);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    stopping = true;
    // Visits under way end first, so that no request is cut in the middle.
    setTimeout(() => process.exit(0), 1_500).unref();
  });
}

for (let index = 0; index < people; index++) {
  void walk(`person-${index}`, Math.random() * 2_000);
}

async function walk(user: string, startAfterMs: number): Promise<void> {
  await pause(startAfterMs);
  while (!stopping) {
    const started = performance.now();
    // A failed page is what the mesh measures; the person tries another.
    await choose()(user).catch(() => undefined);
    const meanMs = (1_000 * people) / rate;
    await pause(Math.max(0, meanMs * (0.5 + Math.random()) - (performance.now() - started)));
  }
}

function choose(): Visit {
  let ticket = Math.random() * totalWeight;
  for (const { weight, visit } of visits) {
    ticket -= weight;
    if (ticket < 0) return visit;
  }
  return addToCart;
}

function addToCart(user: string): Promise<unknown> {
  return call('frontend', `/cart?user=${user}`, {
    product: anyProduct(),
    quantity: 1 + Math.floor(Math.random() * 3),
  });
}

async function buy(user: string): Promise<unknown> {
  await addToCart(user);
  return call('frontend', `/checkout?user=${user}&currency=${any(currencies)}`, {});
}

function anyProduct(): string {
  return any(products).id;
}

function any<T>(choices: readonly T[]): T {
  const choice = choices[Math.floor(Math.random() * choices.length)];
  if (choice === undefined) throw new Error('nothing to choose from');
  return choice;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
