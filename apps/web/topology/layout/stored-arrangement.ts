import { z } from 'zod';
import type { Arrangement } from './positions';

const key = 'tulle.topology.arrangement';

const pointSchema = z.object({ x: z.number(), y: z.number() });
const arrangementSchema = z.object({
  points: z.record(z.string(), pointSchema),
  edges: z.number(),
  loose: z.array(z.string()),
  byHand: z.boolean(),
});

/** undefined when there is none, or what is stored is not ours. */
export function readArrangement(): Arrangement | undefined {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : arrangementSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function writeArrangement(arrangement: Arrangement): void {
  try {
    localStorage.setItem(key, JSON.stringify(arrangement));
  } catch {
    // A full or forbidden storage costs only the memory of positions.
  }
}
