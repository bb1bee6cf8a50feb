import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reservedPort } from '@tulle/agent/specs/reserved-port';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readOperatorFile } from '../src/access.ts';
import { connectApi } from '../src/api-client.ts';
import { prepareCluster } from './prepared-cluster.ts';
import { processesWith, runTulle, type ServerProcess, startServerProcess } from './server-process.ts';

const patience = { timeout: 60_000, interval: 50 };

let folder: string;
const dataDir = () => path.join(folder, 'data');
let settings: Record<string, string>;
let started: ServerProcess[];
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tulle-lifecycle-'));
  started = [];
  settings = {
    TULLE_DATA_DIR: dataDir(),
    TULLE_PORT: String(await reservedPort()),
    TULLE_AGENTS_PORT: String(await reservedPort()),
  };
});
afterEach(async () => {
  for (const { process } of started) process.kill('SIGKILL');
  await nothingLeft();
  rmSync(folder, { recursive: true, force: true });
});

function start(
  changed: Record<string, string> = {},
  options?: Parameters<typeof startServerProcess>[1],
): ServerProcess {
  const server = startServerProcess({ ...settings, ...changed }, options);
  started.push(server);
  return server;
}

/** Every process that has to do with the mesh of this test names its folder: PostgreSQL its data, parts theirs. */
function nothingLeft(): Promise<void> {
  return vi.waitFor(() => expect(processesWith(folder)).toEqual([]), patience);
}

describe('a server', () => {
  it('prints one link, and ends with everything it started when it is interrupted', async () => {
    const server = start();
    const link = new URL(await server.link);
    expect(link.host).toBe(`127.0.0.1:${settings.TULLE_PORT}`);
    expect(server.output().match(/http:\S+token=/g)).toHaveLength(1);
    const operatorFile = path.join(folder, 'data/operator.json');
    expect(statSync(operatorFile).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(operatorFile, 'utf8'))).toMatchObject({ url: link.origin });

    server.process.kill('SIGINT');
    expect(await server.exit).toBe(0);
    await nothingLeft();
  });

  it('leaves nothing behind when it is killed, and starts again', async () => {
    await prepareCluster(dataDir());
    const first = start();
    await first.link;
    first.process.kill('SIGKILL');
    await first.exit;
    const second = start();
    await second.link;
    second.process.kill('SIGTERM');
    expect(await second.exit).toBe(0);
    await nothingLeft();
  });

  it('ends when npm, which started it, is killed', async () => {
    await prepareCluster(dataDir());
    const npm = start({}, { npm: true });
    await npm.link;
    npm.process.kill('SIGKILL');
    await nothingLeft();
    expect(await answers()).toBe(false);
  });

  it('ends when npm, which started it, gets a Ctrl-C', async () => {
    await prepareCluster(dataDir());
    const npm = start({}, { npm: true });
    await npm.link;
    // As a terminal does it: the whole group is told.
    process.kill(-(npm.process.pid ?? 0), 'SIGINT');
    await npm.exit;
    await nothingLeft();
    expect(await answers()).toBe(false);
  });
});

// Thirty processes, which a busy machine starts one after the other.
describe('the demo', { timeout: 900_000 }, () => {
  beforeEach(() => prepareCluster(dataDir()));

  const patience = { timeout: 280_000, interval: 200 };

  /** Until every part's agent has its certificate and is connected. */
  async function settled(server: ServerProcess): Promise<void> {
    await server.link;
    const api = connectApi(readOperatorFile(settings.TULLE_DATA_DIR ?? ''));
    const connected = async () => {
      const { agents } = await api.agents.list.query();
      return agents.filter((agent) => agent.connected).map(({ instance }) => instance);
    };
    await vi
      .waitFor(async () => expect(await connected()).toHaveLength(15), patience)
      .catch(async (error: Error) => {
        const told = [`connected: ${await connected()}`, tulle(['demo', 'status']), server.output()];
        throw new Error(told.join('\n'), { cause: error });
      });
  }

  it('runs as processes of its own, which end with the server even when that is killed', async () => {
    const first = start({}, { flags: ['--demo'] });
    await settled(first);
    first.process.kill('SIGKILL');
    await nothingLeft();

    const second = start({}, { flags: ['--demo'] });
    await settled(second);
    // Certificates are kept: nothing had to join again.
    expect(tulle(['token', 'list']).match(/ unused /g)).toBeNull();
    expect(tulle(['demo', 'break', 'cart'])).toMatch(/cart +running +badly/);
    expect(tulle(['demo', 'heal', 'all'])).not.toContain('badly');
    expect(tulle(['demo', 'stop', 'ads'])).toMatch(/ads +stopped/);
    expect(tulle(['demo', 'start', 'ads'])).toMatch(/ads +running/);

    second.process.kill('SIGINT');
    expect(await second.exit).toBe(0);
    await nothingLeft();
  });

  it('starts a part again that was killed', async () => {
    const server = start({}, { flags: ['--demo'] });
    await server.link;
    const pidOf = () => /^cart +running +\w+ +(\d+)/m.exec(tulle(['demo', 'status']))?.[1];
    const killed = await vi.waitUntil(pidOf, patience);
    process.kill(Number(killed), 'SIGKILL');
    await vi.waitFor(() => expect([killed, undefined]).not.toContain(pidOf()), patience);
    server.process.kill('SIGTERM');
    await server.exit;
  });

  function tulle(args: readonly string[]): string {
    return runTulle([...args, '--data-dir', settings.TULLE_DATA_DIR ?? '']).output;
  }
});

async function answers(): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${settings.TULLE_PORT}/healthz`).catch(() => undefined);
  return answer !== undefined;
}

describe('a server that cannot start says why in one sentence, with exit code 1', () => {
  async function refusal(server: ServerProcess): Promise<string> {
    expect(await server.exit).toBe(1);
    expect(server.output()).not.toMatch(/^ +at /m);
    return server.output().trim().split('\n').at(-1) ?? '';
  }

  it('when its port is taken, or that of the agents', async () => {
    await prepareCluster(dataDir());
    for (const name of ['TULLE_PORT', 'TULLE_AGENTS_PORT']) {
      const port = settings[name] ?? '';
      const blocker = await listen(Number(port));
      expect(await refusal(start())).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken`));
      await new Promise((resolve) => blocker.close(resolve));
    }
  });

  it('when its data directory cannot be written', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const server = start({ TULLE_DATA_DIR: path.join(file, 'data') });
    expect(await refusal(server)).toMatch(/cannot be written \(ENOTDIR\)/);
  });

  it('when DATABASE_URL cannot be reached', async () => {
    const server = start({ DATABASE_URL: `postgresql://ada:secret@127.0.0.1:${await reservedPort()}/mesh` });
    const sentence = await refusal(server);
    expect(sentence).toMatch(
      /^The database at postgresql:\/\/ada:…@.* cannot be reached: connect ECONNREFUSED/,
    );
    expect(sentence).not.toContain('secret');
    expect(existsSync(path.join(folder, 'data/postgres'))).toBe(false);
  });

  it('when another server runs on its data directory, which goes on', async () => {
    await prepareCluster(dataDir());
    const first = start();
    await first.link;
    const ports = {
      TULLE_PORT: String(await reservedPort()),
      TULLE_AGENTS_PORT: String(await reservedPort()),
    };
    expect(await refusal(start(ports))).toMatch(/is in use by another Tulle server \(process \d+\)/);
    expect(await answers()).toBe(true);
  });

  it('when a setting is wrong', async () => {
    expect(await refusal(start({ TULLE_PORT: 'http' }))).toMatch(/^--port or TULLE_PORT: /);
  });
});

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}
