import { join } from 'node:path';
import { instanceNameSchema } from '@tulle/mesh/names';
import * as z from 'zod/mini';
import { readChecksummed, writeChecksummed } from '../config-store/checksummed-file.ts';
import type { DataPlaneLogger } from '../data-plane.ts';
import { type Identity, identityFrom, identitySchema } from './identity.ts';

const pathIn = (dataDir: string) => join(dataDir, 'identity.json');
const ownerSchema = z.object({ instance: instanceNameSchema });

/** The instance that the certificate on disk was given to, which says so nowhere itself; the API refuses it of another. */
export function instanceOfIdentity(dataDir: string): string | undefined {
  const result = readChecksummed(pathIn(dataDir));
  return result.state === 'read' ? ownerSchema.safeParse(result.value).data?.instance : undefined;
}

/** Key and certificate on disk, in one file so that they always belong together; readable by the owner alone. */
export class IdentityStore {
  readonly #path: string;
  readonly #instance: string;
  readonly #logger: DataPlaneLogger;

  constructor(dataDir: string, instance: string, logger: DataPlaneLogger) {
    this.#path = pathIn(dataDir);
    this.#instance = instance;
    this.#logger = logger;
  }

  load(): Identity | undefined {
    const result = readChecksummed(this.#path);
    if (result.state === 'absent') return undefined;
    if (result.state === 'corrupted') return this.#ignore(result.reason);
    const parsed = identitySchema.safeParse(result.value);
    if (!parsed.success) return this.#ignore(z.prettifyError(parsed.error));
    try {
      const { keyPem, issuedAt, revoked } = parsed.data;
      return { ...identityFrom(parsed.data, keyPem, issuedAt), revoked };
    } catch (error) {
      return this.#ignore(error instanceof Error ? error.message : String(error));
    }
  }

  async save(identity: Identity): Promise<void> {
    await writeChecksummed(this.#path, { ...identity, instance: this.#instance });
  }

  #ignore(reason: string): undefined {
    this.#logger.warn({ file: this.#path, reason }, 'the stored certificate is ignored');
  }
}
