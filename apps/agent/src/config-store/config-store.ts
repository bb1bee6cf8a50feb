import { join } from 'node:path';
import { resourceTextSchema } from '@tulle/mesh/agent-protocol';
import { serviceNameSchema } from '@tulle/mesh/names';
import * as z from 'zod/mini';
import type { DataPlaneLogger } from '../data-plane.ts';
import { readChecksummed, writeChecksummed } from './checksummed-file.ts';
import { LatestWriter } from './latest-writer.ts';

const storedConfigSchema = z.object({
  format: z.literal(1),
  revision: z.int(),
  resources: z.array(resourceTextSchema),
  /** Services ever called, beside the declared ones. */
  called: z.array(serviceNameSchema),
});
export type StoredConfig = z.infer<typeof storedConfigSchema>;

/** The last good configuration on disk: what lets an agent start and serve while the API is down. */
export class ConfigStore {
  readonly #path: string;
  readonly #logger: DataPlaneLogger;
  readonly #writer: LatestWriter<StoredConfig>;

  constructor(dataDir: string, logger: DataPlaneLogger) {
    this.#path = join(dataDir, 'config.json');
    this.#logger = logger;
    this.#writer = new LatestWriter(
      (config) => writeChecksummed(this.#path, config),
      (error) => logger.error({ err: error, file: this.#path }, 'the configuration could not be stored'),
    );
  }

  /** Undefined when there is none, or none that can be trusted. */
  load(): StoredConfig | undefined {
    const result = readChecksummed(this.#path);
    if (result.state === 'absent') return undefined;
    if (result.state === 'read') {
      const parsed = storedConfigSchema.safeParse(result.value);
      if (parsed.success) return parsed.data;
      this.#ignore(z.prettifyError(parsed.error));
    } else {
      this.#ignore(result.reason);
    }
    return undefined;
  }

  save(config: StoredConfig): void {
    this.#writer.put(config);
  }

  async settled(): Promise<void> {
    await this.#writer.settled();
  }

  #ignore(reason: string): void {
    this.#logger.warn(
      { file: this.#path, reason },
      'the stored configuration is ignored, a fresh one comes from the API',
    );
  }
}
