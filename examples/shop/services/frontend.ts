import { type Call, HttpError, startService } from '../src/http-service.ts';

const userOf = (query: URLSearchParams) => encodeURIComponent(query.get('user') ?? 'nobody');

startService({
  'GET /': async ({ query, call }) => {
    const [catalogue, currencies, cart, ad] = await Promise.all([
      call('catalogue', '/products'),
      call('currency', '/currencies'),
      call('cart', `/carts/${userOf(query)}`),
      decoration(call('ads', '/ads')),
    ]);
    return { catalogue, currencies, cart, ad };
  },
  'GET /product/*': async ({ path, query, call }) => {
    const id = path.slice('/product/'.length);
    const product = (await call('catalogue', `/products/${encodeURIComponent(id)}`)) as { price: number };
    const [price, recommendations, ad] = await Promise.all([
      call('currency', `/convert?cents=${product.price}&to=${query.get('currency') ?? 'EUR'}`),
      decoration(call('recommendation', `/recommendations?product=${encodeURIComponent(id)}`)),
      decoration(call('ads', '/ads')),
    ]);
    return { product, price, recommendations, ad };
  },
  'GET /cart': async ({ query, call }) => {
    const [cart, recommendations] = await Promise.all([
      call('cart', `/carts/${userOf(query)}`),
      decoration(call('recommendation', '/recommendations')),
    ]);
    return { cart, recommendations };
  },
  'POST /cart': ({ query, body, call }) => call('cart', `/carts/${userOf(query)}`, body),
  'POST /checkout': ({ query, call }) => order(query, call),
});

function order(query: URLSearchParams, call: Call['call']): Promise<unknown> {
  const user = query.get('user');
  if (user === null) throw new HttpError(400, 'who is buying?');
  return call('checkout', '/orders', { user, currency: query.get('currency') ?? 'EUR' });
}

/** A page without an advertisement is still a page; its failure shows on the edge, not here. */
async function decoration(part: Promise<unknown>): Promise<unknown> {
  return part.catch(() => null);
}
