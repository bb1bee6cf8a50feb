import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

const patience = { timeout: 60_000, interval: 20 };

describe('the embedded PostgreSQL', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'tulle-postgres-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('ends with an owner that is killed, and comes back with every acknowledged row', async () => {
    const owner = spawn(process.execPath, [path.join(import.meta.dirname, 'owner-process.ts'), directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [url] = await once(owner.stdout.setEncoding('utf8'), 'data');
    const writer = await connected(url.trim());
    await writer.query('CREATE TABLE note (text text)');
    await writer.query("INSERT INTO note VALUES ('acknowledged')");
    const postmaster = postmasterOf(directory);

    owner.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(postmaster)).toBe(false), patience);

    const embedded = await startEmbeddedPostgres({ directory });
    const reader = await connected(embedded.url);
    expect((await reader.query('SELECT text FROM note')).rows).toEqual([{ text: 'acknowledged' }]);
    await embedded.stop();
  });

  it('is started again when it is killed itself', async () => {
    const crashes: string[] = [];
    const embedded = await startEmbeddedPostgres({ directory, onCrash: (message) => crashes.push(message) });
    process.kill(postmasterOf(directory), 'SIGKILL');
    await vi.waitFor(async () => {
      expect(crashes).toHaveLength(1);
      const client = await connected(embedded.url);
      expect((await client.query('SELECT text FROM note')).rowCount).toBe(1);
      await client.end();
    }, patience);
    expect(crashes[0]).toMatch(/^PostgreSQL ended by itself \(SIGKILL\) and is started again/);
    await embedded.stop();
    expect(existsSync(path.join(directory, 'cluster/postmaster.pid'))).toBe(false);
  });

  it('takes the place of one that outlived its owner and its watchdog', async () => {
    const owner = spawn(process.execPath, [path.join(import.meta.dirname, 'owner-process.ts'), directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(owner.stdout, 'data');
    const left = postmasterOf(directory);
    for (const child of childrenOf(owner.pid ?? 0)) if (child !== left) process.kill(child, 'SIGKILL');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(isAlive(left)).toBe(true);

    const embedded = await startEmbeddedPostgres({ directory });
    await (await connected(embedded.url)).end();
    await vi.waitFor(() => expect(isAlive(left)).toBe(false), patience);
    await embedded.stop();
  });
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // The server is killed under it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function postmasterOf(directory: string): number {
  return Number(readFileSync(path.join(directory, 'cluster/postmaster.pid'), 'utf8').split('\n', 1)[0]);
}

/** A process whose parent is gone may be dead for long before somebody buries it (proc(5): state Z). */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
