import { Session } from 'node:inspector/promises';

/** Which blocks of the codecs were run; one session at a time. */
export class Coverage {
  private readonly session = new Session();
  private readonly seen = new Set<string>();
  private readonly part: string;

  /** `part` is in the path of every file that counts. */
  constructor(part: string) {
    this.part = part;
    this.session.connect();
  }

  async start(): Promise<void> {
    await this.session.post('Profiler.enable');
    await this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** True when a block was run since the last call that never was before. */
  async hasGrown(): Promise<boolean> {
    const { result } = await this.session.post('Profiler.takePreciseCoverage');
    const before = this.seen.size;
    for (const { url, functions } of result) {
      if (!url.includes(this.part)) continue;
      for (const { functionName, ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count > 0) this.seen.add(`${url} ${functionName} ${startOffset} ${endOffset}`);
        }
      }
    }
    return this.seen.size > before;
  }
}
