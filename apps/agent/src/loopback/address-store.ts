import { join } from 'node:path';
import { serviceNameSchema } from '@tulle/mesh/names';
import * as z from 'zod/mini';
import { readChecksummed, writeChecksummed } from '../config-store/checksummed-file.ts';
import { LatestWriter } from '../config-store/latest-writer.ts';
import type { DataPlaneLogger } from '../data-plane.ts';
import { type AssignedAddresses, LoopbackAddresses } from './loopback-addresses.ts';

const storedAddressesSchema = z.object({
  format: z.literal(1),
  addresses: z.record(serviceNameSchema, z.string()),
});

/** Which address each service has, on disk: a program may hold one for longer than the agent lives. */
export class AddressStore {
  readonly #path: string;
  readonly #logger: DataPlaneLogger;
  readonly #writer: LatestWriter<AssignedAddresses>;

  constructor(dataDir: string, logger: DataPlaneLogger) {
    this.#path = join(dataDir, 'loopback-addresses.json');
    this.#logger = logger;
    this.#writer = new LatestWriter(
      (addresses) => writeChecksummed(this.#path, { format: 1, addresses }),
      (error) =>
        logger.error({ err: error, file: this.#path }, 'the addresses of services could not be stored'),
    );
  }

  /** Those on disk; none when there is no file, or none that can be trusted. */
  load(): LoopbackAddresses {
    const result = readChecksummed(this.#path);
    if (result.state === 'absent') return new LoopbackAddresses();
    try {
      if (result.state === 'corrupted') throw new Error(result.reason);
      return new LoopbackAddresses(storedAddressesSchema.parse(result.value).addresses);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.warn(
        { file: this.#path, reason },
        'the stored addresses of services are ignored, they are derived from the names again',
      );
      return new LoopbackAddresses();
    }
  }

  save(addresses: AssignedAddresses): void {
    this.#writer.put(addresses);
  }

  async settled(): Promise<void> {
    await this.#writer.settled();
  }
}
