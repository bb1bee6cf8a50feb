import { HttpError, startService } from '../src/http-service.ts';

// Stands in for mailer.py on machines without python3.
startService({
  'POST /confirmation': ({ body }) => {
    const to = (body as { to?: unknown } | undefined)?.to;
    if (typeof to !== 'string' || !to.includes('@')) throw new HttpError(400, 'to whom?');
    return { sent: true };
  },
});
