/** A bucket of tokens for each key: `burst` at once, refilled at `perSecond`. */
export interface RateLimit {
  /** False when the bucket is empty. */
  take(key: string): boolean;
}

const maxKeys = 10_000;

export function createRateLimit({
  perSecond,
  burst,
  now = Date.now,
}: {
  perSecond: number;
  burst: number;
  now?: () => number;
}): RateLimit {
  const buckets = new Map<string, { level: number; at: number }>();

  function forgetFull(at: number): void {
    for (const [key, bucket] of buckets) {
      if (bucket.level + ((at - bucket.at) / 1_000) * perSecond >= burst) buckets.delete(key);
    }
  }

  return {
    take: (key) => {
      const at = now();
      if (buckets.size >= maxKeys && !buckets.has(key)) forgetFull(at);
      // More addresses than we can tell apart are treated as one.
      const kept = buckets.size >= maxKeys && !buckets.has(key) ? '' : key;
      const bucket = buckets.get(kept) ?? { level: burst, at };
      const level = Math.min(burst, bucket.level + ((at - bucket.at) / 1_000) * perSecond);
      buckets.set(kept, { level: Math.max(0, level - 1), at });
      return level >= 1;
    },
  };
}
