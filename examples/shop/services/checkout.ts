import { HttpError, startService } from '../src/http-service.ts';

interface Cart {
  readonly items: readonly { readonly product: string; readonly quantity: number }[];
}

startService({
  'POST /orders': async ({ body, call }) => {
    const { user, currency, email } = (body ?? {}) as Partial<Record<string, unknown>>;
    if (typeof user !== 'string') throw new HttpError(400, 'whose order?');
    const cart = (await call('cart', `/carts/${encodeURIComponent(user)}`)) as Cart;
    if (cart.items.length === 0) throw new HttpError(400, 'the cart is empty');
    const prices = await Promise.all(
      cart.items.map(async ({ product, quantity }) => {
        const found = (await call('catalogue', `/products/${encodeURIComponent(product)}`)) as {
          price: number;
        };
        return found.price * quantity;
      }),
    );
    const quote = (await call('shipping', '/quote', { items: cart.items })) as { cents: number };
    const sum = prices.reduce((total, price) => total + price, quote.cents);
    const total = (await call('currency', `/convert?cents=${sum}&to=${currency ?? 'EUR'}`)) as {
      cents: number;
    };
    const paid = (await call('payment', '/charge', { cents: total.cents })) as { transaction: string };
    const shipped = (await call('shipping', '/ship', { items: cart.items })) as { tracking: string };
    await Promise.all([
      call('cart', '/empty', { user }),
      call('email', '/confirmation', { to: email ?? `${user}@shop.example`, tracking: shipped.tracking }),
    ]);
    return { order: paid.transaction, tracking: shipped.tracking, cents: total.cents };
  },
});
