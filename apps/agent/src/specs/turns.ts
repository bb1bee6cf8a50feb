/** For specs that wait for events, not for time. */
export function turn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setImmediate(resolve);
  return promise;
}

/** Turns of the event loop, until the condition holds. */
export async function turns(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Until the number has stood still for a long row of turns. */
export async function settled(read: () => number): Promise<void> {
  for (let still = 0, last = read(); still < 3_000; still++) {
    await turn();
    if (read() !== last) still = 0;
    last = read();
  }
}
