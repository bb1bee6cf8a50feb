import { z } from 'zod';

/** How far back a view looks: one minute to one hour, in milliseconds. */
export const windowMsSchema = z
  .int()
  .min(60_000, 'at least a minute')
  .max(3_600_000, 'at most an hour')
  .default(900_000);
