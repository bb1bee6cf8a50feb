/** One for each name, in the order they first come in: what has the same name is added up. */
export function sumBy<T>(all: Iterable<T>, nameOf: (one: T) => string, add: (a: T, b: T) => T): T[] {
  const sums = new Map<string, T>();
  for (const one of all) {
    const name = nameOf(one);
    const known = sums.get(name);
    sums.set(name, known === undefined ? one : add(known, one));
  }
  return [...sums.values()];
}
