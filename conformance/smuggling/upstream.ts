/** A server behind the agent, which tells every request as it read it. */
export interface Upstream {
  readonly port: number;
  /** `METHOD target body` of all requests since the last call, once `last` is among them; without `last`. */
  seenUntil(last: string): Promise<string[]>;
}

const POLL_MS = 5;
const PATIENCE_MS = 60_000;

/** For servers that write one line of JSON for each request. */
export async function readUntil(read: () => readonly string[], last: string): Promise<string[]> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const seen = read();
    const at = seen.indexOf(last);
    if (at >= 0) return seen.toSpliced(at, 1);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`the server never saw ${last}, but ${JSON.stringify(read())}`);
}
