import { startService } from '../src/http-service.ts';

startService({
  'POST /quote': ({ body }) => {
    const items = (body as { items?: unknown } | undefined)?.items;
    return { cents: 499 + (Array.isArray(items) ? items.length : 0) * 120 };
  },
  'POST /ship': () => ({ tracking: `TU-${Math.random().toString(36).slice(2, 10).toUpperCase()}` }),
});
