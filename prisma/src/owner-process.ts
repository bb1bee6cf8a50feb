// A process for the specs to kill: owns the PostgreSQL in the directory given to it, and tells its URL.
import { startEmbeddedPostgres } from './embedded-postgres.ts';

const [directory = ''] = process.argv.slice(2);
const embedded = await startEmbeddedPostgres({ directory });
process.stdout.write(`${embedded.url}\n`);
process.stdin.resume();
