import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MeshError } from '@tulle/mesh/errors';

const keyBytes = 32;
const fileName = 'secret-key';

/** The key that encrypts the CA's private keys: given by the environment, or a file of our own. */
export interface SecretKey {
  readonly bytes: Buffer;
  /** Where it came from, for the sentence that says it is the wrong one. */
  readonly origin: string;
}

/** TULLE_SECRET_KEY (32 bytes in hex or base64), or `<dataDir>/secret-key`, made with mode 0600 when missing. */
export async function loadSecretKey({
  secretKey,
  dataDir,
}: {
  secretKey?: string | undefined;
  dataDir: string;
}): Promise<SecretKey> {
  if (secretKey !== undefined) {
    const bytes = parseKey(secretKey);
    if (bytes === undefined) {
      throw new MeshError(
        'bad_request',
        'TULLE_SECRET_KEY must be 32 bytes in hex or base64, for instance the output of `openssl rand -hex 32`.',
      );
    }
    return { bytes, origin: 'TULLE_SECRET_KEY' };
  }
  const file = path.join(dataDir, fileName);
  return (await readKeyFile(file)) ?? (await makeKeyFile(file));
}

async function readKeyFile(file: string): Promise<SecretKey | undefined> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) {
      throw new MeshError(
        'forbidden',
        `${file} holds the key of the certificate authority but others may read it; run \`chmod 600 ${file}\`.`,
      );
    }
    const bytes = parseKey(await readFile(file, 'utf8'));
    if (bytes === undefined) {
      throw new MeshError(
        'bad_request',
        `${file} is damaged: it must hold 32 bytes in hex; restore it from a backup.`,
      );
    }
    return { bytes, origin: file };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Written aside and linked into place: two starts at the same time agree on one key, and none is ever half-written. */
async function makeKeyFile(file: string): Promise<SecretKey> {
  await mkdir(path.dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(aside, `${randomBytes(keyBytes).toString('hex')}\n`, { mode: 0o600, flush: true });
  try {
    await link(aside, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await unlink(aside);
  }
  const made = await readKeyFile(file);
  if (made === undefined) throw new MeshError('unavailable', `${file} vanished while it was made.`);
  return made;
}

function parseKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return undefined;
  const bytes = Buffer.from(trimmed, 'base64');
  return bytes.length === keyBytes ? bytes : undefined;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
