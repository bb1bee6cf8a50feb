const colours = ['var(--v1)', 'var(--v2)', 'var(--v3)', 'var(--v4)', 'var(--v5)'] as const;

/**
 * The colour of a version, the same on every page. A trailing number names its colour (`v3` is the third), so that
 * it does not depend on which other versions are present; versions without one, such as commits, take the places
 * left over, in their order.
 */
export function versionColour(versions: readonly string[], version: string): string {
  // Requests that no version answered have no version's colour.
  if (version === '') return 'var(--idle)';
  return colours[versionIndex(versions, version)] ?? 'var(--idle)';
}

function versionIndex(versions: readonly string[], version: string): number {
  const own = numberOf(version);
  if (own !== undefined) return own;
  const taken = new Set(versions.flatMap((other) => numberOf(other) ?? []));
  const free = colours.map((_, index) => index).filter((index) => !taken.has(index));
  const places = free.length > 0 ? free : colours.map((_, index) => index);
  const unnumbered = versions.filter((other) => other !== '' && numberOf(other) === undefined);
  const order = [...new Set(unnumbered)].sort();
  return places[Math.max(0, order.indexOf(version)) % places.length] ?? 0;
}

function numberOf(version: string): number | undefined {
  const match = /^v(\d{1,4})$/.exec(version);
  const number = match === null ? 0 : Number(match[1]);
  return number > 0 ? (number - 1) % colours.length : undefined;
}
