import { HttpError, startService } from '../src/http-service.ts';

startService({
  'POST /charge': ({ body }) => {
    const cents = (body as { cents?: unknown } | undefined)?.cents;
    if (typeof cents !== 'number' || cents <= 0) throw new HttpError(400, 'nothing to charge');
    return { transaction: crypto.randomUUID() };
  },
});
