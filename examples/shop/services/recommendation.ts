import { startService } from '../src/http-service.ts';
import type { products } from './products.ts';

/** v1 takes the first others; v2 mixes them. */
const mixes = process.env.SERVICE_VERSION === 'v2';

startService({
  'GET /recommendations': async ({ query, call }) => {
    const seen = query.get('product');
    const catalogue = (await call('catalogue', '/products')) as { products: typeof products };
    const others = catalogue.products.map((product) => product.id).filter((id) => id !== seen);
    if (mixes) others.sort(() => Math.random() - 0.5);
    return { products: others.slice(0, 4) };
  },
});
