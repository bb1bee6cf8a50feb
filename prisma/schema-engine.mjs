#!/usr/bin/env node
// What Prisma's CLI starts in place of its own schema engine: the same JSON-RPC on stdin and stdout, answered by
// the engine's WebAssembly build from npm through a driver adapter. The protocol is unofficial, so every version
// involved is pinned exactly.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { adapterFactory, connectionFrom } from './schema-engine-adapter.mjs';

const require = createRequire(import.meta.url);
const argv = process.argv.slice(2);
const valuesOf = (option) => argv.flatMap((value, i) => (value === option ? [argv[i + 1]] : []));

const datasource = JSON.parse(valuesOf('--datasource')[0] ?? '{}');
const url = datasource.url ?? process.env.DATABASE_URL ?? 'postgresql://127.0.0.1/none';

const wasm = await loadEngine();

if (argv.includes('--version')) {
  console.log(`schema-engine-cli ${wasm.version()}`);
} else if (argv.includes('cli')) {
  await runDatabaseCommand(argv.at(-1));
} else {
  answerRequests();
}

async function loadEngine() {
  // The engine reports its panics to this global.
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    message: '',
    set_message(message) {
      this.message = message;
      process.stderr.write(`${message}\n`);
    },
    get() {
      return this.message;
    },
  };
  const gluePath = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = await import(gluePath);
  const bytes = readFileSync(gluePath.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

/** `cli create-database` and `cli can-connect-to-database`: the CLI reads exit code and log line. */
async function runDatabaseCommand(command) {
  const connection = connectionFrom(url);
  const database = command === 'create-database' ? 'postgres' : connection.database;
  try {
    const client = new pg.Client({ ...connection, database });
    await client.connect();
    if (command === 'create-database')
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(connection.database)}`);
    await client.end();
  } catch (error) {
    const code = error.code === '3D000' ? 'P1003' : 'P1001';
    process.stderr.write(
      `${logLine('INFO', { message: 'start' })}${logLine('ERROR', failure(code, error.message))}`,
    );
    process.exitCode = 1;
  }
}

function failure(code, message) {
  return { is_panic: false, error_code: code, message };
}

function logLine(level, fields) {
  const line = { timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' };
  return `${JSON.stringify(line)}\n`;
}

function answerRequests() {
  const datamodels = valuesOf('--datamodels').map((path) => [path, readFileSync(path, 'utf8')]);
  let engine;
  const engineOnce = () => {
    engine ??= wasm.SchemaEngine.new(
      { datamodels: datamodels.length > 0 ? datamodels : undefined },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(adapterFactory(url)),
    );
    return engine;
  };

  // One at a time, in order: the engine keeps state between calls.
  let queue = Promise.resolve();
  const input = readline.createInterface({ input: process.stdin });
  input.on('line', (line) => {
    const request = JSON.parse(line);
    if (request.method) queue = queue.then(() => answer(engineOnce, request));
  });
  input.on('close', () => queue.then(() => process.exit(0)));
}

async function answer(engineOnce, request) {
  try {
    send({ id: request.id, result: await call(await engineOnce(), request) });
  } catch (error) {
    const known = Boolean(error.code && error.message);
    send({
      id: request.id,
      error: {
        code: 4466,
        message: 'An error happened. Check the data field for details.',
        data: {
          is_panic: false,
          message: String(error.message ?? error),
          meta: error.meta ?? null,
          error_code: known ? error.code : null,
        },
      },
    });
  }
}

async function call(engine, request) {
  const { method } = request;
  const params =
    Array.isArray(request.params) && request.params.length <= 1 ? request.params[0] : request.params;
  // evaluateDataLoss alone never receives the factory of shadow databases; devDiagnostic does, and leaves the
  // schema in the engine's cache.
  if (method === 'evaluateDataLoss')
    await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
  const result = (await engine[method === 'getDatabaseVersion' ? 'version' : method](params)) ?? {};
  // The binary prints a diff through a request of its own.
  if (method !== 'diff' || !result.stdout) return result;
  send({ id: `print-${request.id}`, method: 'print', params: { content: result.stdout } });
  return { exitCode: result.exitCode };
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
