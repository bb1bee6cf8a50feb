import { HttpError, startService } from '../src/http-service.ts';
import { products } from './products.ts';

startService({
  'GET /products': ({ query }) => {
    const category = query.get('category');
    return {
      products: category === null ? products : products.filter((product) => product.category === category),
    };
  },
  'GET /products/*': ({ path }) => {
    const id = path.slice('/products/'.length);
    const product = products.find((one) => one.id === id);
    if (product === undefined) throw new HttpError(404, `there is no product ${id}`);
    return product;
  },
});
