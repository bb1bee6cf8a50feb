import { HttpError, startService } from '../src/http-service.ts';

/** How much of each currency one euro buys. */
const rates: Readonly<Record<string, number>> = {
  EUR: 1,
  USD: 1.09,
  GBP: 0.85,
  JPY: 163.2,
  TRY: 35.1,
  CAD: 1.48,
};

startService({
  'GET /currencies': () => ({ currencies: Object.keys(rates) }),
  'GET /convert': ({ query }) => {
    const to = query.get('to') ?? 'EUR';
    const cents = Number(query.get('cents'));
    const rate = rates[to];
    if (rate === undefined) throw new HttpError(400, `${to} is not a currency of this shop`);
    if (!Number.isFinite(cents) || cents < 0) throw new HttpError(400, 'cents is a number from 0');
    return { cents: Math.round(cents * rate), currency: to };
  },
});
