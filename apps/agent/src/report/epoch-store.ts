import { mkdirSync, readdirSync, rm } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { seriesCountersSchema } from '@tulle/mesh/agent-protocol';
import * as z from 'zod/mini';
import { readChecksummed, writeChecksummed } from '../config-store/checksummed-file.ts';
import type { DataPlaneLogger } from '../data-plane.ts';
import { isAlive, startOf } from '../lifecycle/process-identity.ts';

const epochCountersSchema = z.object({
  epoch: z.string().check(z.minLength(8), z.maxLength(64)),
  /** Its place among the reports of this epoch: the API ignores it when it has a later one. */
  seq: z.int().check(z.minimum(0)),
  at: z.number(),
  series: z.array(seriesCountersSchema),
  /** The process that counts; in files of former versions there is none. */
  writer: z.optional(z.object({ pid: z.int(), start: z.optional(z.string()) })),
});
/** All counters of one run of the agent, at one moment. */
export type EpochCounters = z.infer<typeof epochCountersSchema>;

/** Those of another run; as long as its process lives they may grow. */
export interface FormerEpoch {
  readonly counters: EpochCounters;
  readonly final: boolean;
}

/** One file per run of the agent whose counters may not have reached the API's database yet. */
export class EpochStore {
  readonly #directory: string;
  readonly #logger: DataPlaneLogger;

  constructor(dataDir: string, logger: DataPlaneLogger) {
    this.#directory = join(dataDir, 'telemetry');
    this.#logger = logger;
    this.make();
  }

  make(): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
  }

  /** Those of all runs but this one. */
  load(epoch: string): FormerEpoch[] {
    return readdirSync(this.#directory)
      .filter((name) => name.endsWith('.json') && name !== `${epoch}.json`)
      .flatMap((name) => this.#former(join(this.#directory, name)) ?? []);
  }

  async save(counters: EpochCounters): Promise<void> {
    const writer = { pid: process.pid, start: startOf(process.pid) };
    await writeChecksummed(this.#pathOf(counters.epoch), { ...counters, writer });
  }

  async forget(epoch: string): Promise<void> {
    await promisify(rm)(this.#pathOf(epoch), { force: true });
  }

  #former(path: string): FormerEpoch | undefined {
    const counters = this.#read(path);
    if (counters?.writer === undefined) return counters && { counters, final: true };
    const { pid, start } = counters.writer;
    if (pid !== process.pid && isAlive(pid, start)) return { counters, final: false };
    // Read once more: it may have been written between the first reading and the end of the writer.
    const last = this.#read(path);
    return last && { counters: last, final: true };
  }

  #pathOf(epoch: string): string {
    return join(this.#directory, `${epoch}.json`);
  }

  #read(path: string): EpochCounters | undefined {
    const result = readChecksummed(path);
    if (result.state === 'absent') return undefined;
    const parsed = result.state === 'read' ? epochCountersSchema.safeParse(result.value) : undefined;
    if (parsed?.success) return parsed.data;
    const reason = result.state === 'corrupted' ? result.reason : 'it has another form';
    this.#logger.warn({ file: path, reason }, 'counters of a former run are unreadable and lost');
    return undefined;
  }
}
