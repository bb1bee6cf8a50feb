import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const internalCharOid = 18;
const textOid = 25;

/** Parts instead of a connection string: as a string it would win over the shadow database's name. */
export function connectionFrom(url) {
  const parsed = new URL(url);
  return {
    host: parsed.searchParams.get('host') ?? decodeURIComponent(parsed.hostname),
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username) || undefined,
    password: decodeURIComponent(parsed.password) || undefined,
    database: decodeURIComponent(parsed.pathname.slice(1)),
  };
}

/** The PostgreSQL adapter as the schema engine needs it. */
export function adapterFactory(url) {
  const connection = { ...connectionFrom(url), max: 2 };
  const factory = new PrismaPg(connection, { schema: new URL(url).searchParams.get('schema') ?? undefined });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => readingCatalogs(await connect());
  factory.connectToShadowDb = () => connectToShadowDatabase(factory, connection);
  return factory;
}

/** Closes its pool before it drops the database, which PostgreSQL insists on and the original does not do. */
async function connectToShadowDatabase(factory, connection) {
  const database = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
  const main = await factory.connect();
  await main.executeScript(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  const shadow = readingCatalogs(await new PrismaPg({ ...connection, database }).connect());
  const closePool = shadow.dispose.bind(shadow);
  shadow.dispose = async () => {
    await closePool();
    await main.executeScript(`DROP DATABASE ${pg.escapeIdentifier(database)}`);
    await main.dispose();
  };
  return shadow;
}

/** The adapter cannot map the internal "char" type of catalogue columns, which the engine wants as Character. */
function readingCatalogs(adapter) {
  const charColumns = new WeakMap();
  const performIO = adapter.performIO.bind(adapter);
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    const columns = [];
    for (const [i, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== internalCharOid) continue;
      columns.push(i);
      field.dataTypeID = textOid;
    }
    charColumns.set(query, columns);
    return result;
  };
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    // PostgreSQL 18 lists NOT NULL among the constraints; the engine would report each of them as unsupported.
    const sql = query.sql.replace("contype NOT IN ('p', 'u', 'f')", "contype IN ('c', 'x')");
    const rewritten = { ...query, sql };
    const result = await queryRaw(rewritten);
    for (const i of charColumns.get(rewritten) ?? []) result.columnTypes[i] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}
