/** Percent of a certificate's life that is left at `now`; 0 once it has expired. All in milliseconds since the epoch. */
export function lifeLeft(issuedAt: number, notAfter: number, now: number): number {
  if (notAfter <= issuedAt) return 0;
  return Math.min(100, Math.max(0, ((notAfter - now) / (notAfter - issuedAt)) * 100));
}

/** `7c41…0e` grouped in pairs as certificate tools print it: `7c:41:…:0e`. */
export function shortHex(hex: string): string {
  const pairs = hex.match(/../g) ?? [];
  if (pairs.length < 5) return pairs.join(':');
  return `${pairs[0]}:${pairs[1]}:…:${pairs.at(-1)}`;
}

/** The whole of it in pairs, for hover and copying. */
export function colonHex(hex: string): string {
  return (hex.match(/../g) ?? []).join(':');
}
