import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { DatabaseError, reasonOf } from './database-error.ts';
import { lockDirectory } from './directory-lock.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { PrismaClient } from './generated/client.ts';
import { migrate } from './migrate.ts';

export interface Logger {
  info(message: string): void;
  error(message: string): void;
}

export interface DatabaseOptions {
  /** A PostgreSQL server of the user's; without it our own is started in `dataDir`. */
  readonly databaseUrl?: string | undefined;
  /** Taken for this process alone, in either case. */
  readonly dataDir: string;
  readonly logger?: Logger;
}

export interface Database {
  readonly url: string;
  readonly prisma: PrismaClient;
  /** For LISTEN, advisory locks and writes in batches. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

const connectTimeoutMs = 5000;
/** How long a transaction waits for a connection, and may take, in ms: whoever waits for a lock behind others on a busy machine is not lost. */
const transactionOptions = { maxWait: 30_000, timeout: 30_000 };

/** Opens the one database, brought to the newest schema. Throws DatabaseError with a sentence for the person. */
export async function openDatabase({ databaseUrl, dataDir, logger }: DatabaseOptions): Promise<Database> {
  const lock = await lockDirectory(path.resolve(dataDir));
  const closers = [() => lock.release()];
  const close = async () => {
    // In the reverse order of opening, each once.
    for (let next = closers.pop(); next !== undefined; next = closers.pop()) await next();
  };
  try {
    let url = databaseUrl;
    if (url === undefined) {
      const embedded = await startEmbeddedPostgres({
        directory: path.join(dataDir, 'postgres'),
        onCrash: (message) => logger?.error(message),
      });
      closers.push(() => embedded.stop());
      url = embedded.url;
    }
    const connected = await connect(url, logger);
    closers.push(connected.close);
    return { ...connected, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Migrates the database at `url` and opens it. */
export async function connect(url: string, logger?: Logger): Promise<Database> {
  const applied = await migrateAt(url);
  if (applied.length > 0)
    logger?.info(`applied ${applied.length} database migrations, up to ${applied.at(-1)}`);
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: connectTimeoutMs });
  // An idle connection that breaks is replaced at the next query; unheard, the event would end the process.
  pool.on('error', (error) => logger?.error(`a database connection broke: ${error.message}`));
  const adapter = new PrismaPg({ connectionString: url, max: 10 });
  const prisma = new PrismaClient({ adapter, transactionOptions });
  return {
    url,
    prisma,
    pool,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

async function migrateAt(url: string): Promise<string[]> {
  const client = clientFor(url);
  // A connection that breaks fails the query that waits on it; unheard, the event would end the process too.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw unreachable(url, reasonOf(error), error);
  }
  try {
    return await migrate(client);
  } finally {
    await client.end();
  }
}

function clientFor(url: string): pg.Client {
  try {
    return new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  } catch (error) {
    throw unreachable(url, 'it is not a URL such as postgresql://user:password@host:5432/tulle', error);
  }
}

function unreachable(url: string, reason: string, cause: unknown): DatabaseError {
  return new DatabaseError(
    'unreachable',
    `The database at ${withoutPassword(url)} cannot be reached: ${reason}. Check DATABASE_URL, or unset it to use the PostgreSQL that comes with Tulle.`,
    { cause },
  );
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL';
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '…';
  return decodeURI(parsed.href);
}
