import { HttpError, startService } from '../src/http-service.ts';

interface Item {
  readonly product: string;
  readonly quantity: number;
}

const maxCarts = 10_000;
const carts = new Map<string, Item[]>();

startService({
  'GET /carts/*': ({ path }) => ({ items: carts.get(path.slice('/carts/'.length)) ?? [] }),
  'POST /carts/*': ({ path, body }) => {
    const user = path.slice('/carts/'.length);
    const item = parseItem(body);
    const items = [...(carts.get(user) ?? []), item].slice(-20);
    carts.delete(user);
    carts.set(user, items);
    const oldest = carts.keys().next();
    if (carts.size > maxCarts && !oldest.done) carts.delete(oldest.value);
    return { items };
  },
  'POST /empty': ({ body }) => {
    const user = (body as { user?: unknown } | undefined)?.user;
    if (typeof user !== 'string') throw new HttpError(400, 'whose cart?');
    carts.delete(user);
    return { items: [] };
  },
});

function parseItem(body: unknown): Item {
  const { product, quantity } = (body ?? {}) as Partial<Record<string, unknown>>;
  if (typeof product !== 'string' || typeof quantity !== 'number' || quantity < 1 || quantity > 99)
    throw new HttpError(400, 'want {"product": text, "quantity": 1 to 99}');
  return { product, quantity };
}
