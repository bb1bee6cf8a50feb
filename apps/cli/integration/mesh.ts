import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { reservedPort } from '@tulle/agent/specs/reserved-port';
import type { AppRouter } from '@tulle/api/router-types';
import type { LoadResult } from './load-process.ts';
import { prepareCluster } from './prepared-cluster.ts';

const tulle = path.join(import.meta.dirname, '../bin/tulle.mjs');

/** As `tulle run` has them by default. */
const freePorts = ['outbound', 'inbound', 'admin'].flatMap((name) => [`--${name}-port`, '0']);

export interface Started {
  readonly process: ChildProcess;
  /** Standard output so far. */
  output(): string;
  /** The same with what it complained of, for whoever looks for the cause of a failure. */
  said(): string;
  /** The exit code, or 128 + n when signal n ended it. */
  readonly exit: Promise<number>;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

export interface RunOptions {
  readonly service: string;
  readonly version?: string;
  readonly instance?: string;
  readonly upstreams?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Without one the agent alone is started, beside a service that listens at `port`. */
  readonly command?: readonly string[];
  /** Taken up again from an earlier run, whose certificate and configuration it finds there. */
  readonly dataDir?: string;
  readonly port?: number;
}

export interface TestMesh {
  readonly url: string;
  /** Where agents reach the API. */
  readonly agentsPort: number;
  api(): ReturnType<typeof createTRPCClient<AppRouter>>;
  startServer(): Promise<Started>;
  /** Starts `tulle run`; with `port` the command serves there. Without `dataDir` it joins, with a new token unless `env` has one. */
  run(options: RunOptions): Promise<Started & { readonly dataDir: string; readonly port: number }>;
  echo(
    service: string,
    version: string,
    again?: { dataDir: string; port: number; instance: string },
  ): ReturnType<TestMesh['run']>;
  load(
    target: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<
    Awaited<ReturnType<TestMesh['run']>> & { /** Its agent stays. */ finish(): Promise<LoadResult> }
  >;
  /** Ends every process it started, and removes its files. */
  close(): Promise<void>;
}

/** A whole mesh of real processes in a temporary folder: the built server, agents and services. */
export async function createTestMesh(settings: Readonly<Record<string, string>> = {}): Promise<TestMesh> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tulle-mesh-'));
  const dataDir = path.join(folder, 'server');
  await prepareCluster(dataDir);
  const [port, agentsPort] = [await reservedPort(), await reservedPort()];
  const url = `http://127.0.0.1:${port}`;
  const started: Started[] = [];
  let runs = 0;

  const mesh: TestMesh = {
    url,
    agentsPort,
    api: () => {
      const { token } = JSON.parse(readFileSync(path.join(dataDir, 'operator.json'), 'utf8')) as {
        token: string;
      };
      return createTRPCClient<AppRouter>({
        links: [httpBatchLink({ url: `${url}/trpc`, headers: { authorization: `Bearer ${token}` } })],
      });
    },

    async startServer() {
      const server = start(['server', '--no-demo'], {
        TULLE_PORT: String(port),
        TULLE_AGENTS_PORT: String(agentsPort),
        TULLE_DATA_DIR: dataDir,
        TULLE_LOG_LEVEL: 'warn',
        ...settings,
      });
      await until(
        'the server is ready',
        async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true,
        server,
      );
      return server;
    },

    async run(options) {
      const runDir = options.dataDir ?? path.join(folder, `run-${++runs}`);
      const servicePort = options.port ?? (await reservedPort());
      const env: Record<string, string> = {
        ...options.env,
        TULLE_DATA_DIR: runDir,
        SERVICE_VERSION: options.version ?? 'v1',
      };
      if (options.dataDir === undefined && env.TULLE_TOKEN === undefined) {
        const token = await mesh.api().joinTokens.create.mutate({ service: options.service });
        env.TULLE_TOKEN = token.token;
      }
      const run = start(
        [
          ...(options.command === undefined ? ['agent', ...freePorts] : ['run']),
          ...['--api', `https://127.0.0.1:${agentsPort}`, '--service', options.service],
          ...['--service-version', options.version ?? 'v1', '--port', String(servicePort)],
          ...(options.instance === undefined ? [] : ['--instance', options.instance]),
          ...(options.upstreams === undefined ? [] : ['--upstreams', options.upstreams.join(',')]),
          ...(options.command === undefined ? [] : ['--', ...options.command]),
        ],
        env,
      );
      return Object.assign(run, { dataDir: runDir, port: servicePort });
    },

    echo: (service, version, again) =>
      mesh.run({
        service,
        version,
        ...again,
        command: [process.execPath, path.join(import.meta.dirname, 'echo-process.ts')],
      }),

    async load(target, env = {}) {
      const run = await mesh.run({
        service: 'caller',
        upstreams: [target],
        env: { TARGET: target, ...env },
        command: [process.execPath, path.join(import.meta.dirname, 'load-process.ts')],
      });
      const finish = async () => {
        run.process.kill('SIGUSR2');
        await until('the load has ended', () => run.output().endsWith('}\n'));
        return readResult(run.output());
      };
      return Object.assign(run, { finish });
    },

    async close() {
      await Promise.all(started.toReversed().map((one) => one.stop('SIGTERM')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return mesh;

  function start(args: readonly string[], env: Readonly<Record<string, string>>): Started {
    const child = spawn(process.execPath, [tulle, ...args], {
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-20_000);
    });
    const exit = new Promise<number>((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)));
    });
    const one: Started = {
      process: child,
      output: () => output,
      said: () => output + errors,
      exit,
      stop: (signal = 'SIGTERM') => {
        if (child.exitCode === null && child.signalCode === null) child.kill(signal);
        return exit;
      },
    };
    started.push(one);
    return one;
  }
}

/** Asks again every 25 ms until it is so; fails with the name after two minutes, or when the process ended. */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  process?: Started,
  timeoutMs = 120_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let ended: number | undefined;
  void process?.exit.then((code) => {
    ended = code;
  });
  while (!(await isSo())) {
    if (ended !== undefined)
      throw new Error(`waiting until ${what}: the process ended with ${ended}: ${process?.said()}`);
    if (performance.now() > deadline)
      throw new Error(`not so after ${timeoutMs / 1000} s: ${what}\n${process?.said() ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Lets load run for a while; the length is the test's parameter, not a guess at when something is done. */
export function elapse(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function readResult(output: string): LoadResult {
  const line = output.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as LoadResult;
}

/** What belongs to the machine, without the settings of a mesh that may run beside the test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('TULLE_') && name !== 'DATABASE_URL'),
  );
}
