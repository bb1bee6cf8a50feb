import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEcho, viewOf } from '../control/spec-api/spec-agent.ts';
import { SpecApi } from '../control/spec-api/spec-api.ts';
import { isAlive } from '../lifecycle/process-identity.ts';
import { temporaryFolder } from '../specs/temporary-folder.ts';

const specRun = fileURLToPath(new URL('../control/spec-api/spec-run.ts', import.meta.url));
const node = process.execPath;
let api: SpecApi;
const children: ChildProcess[] = [];

beforeEach(async () => {
  api = new SpecApi();
  api.setView(viewOf('web'));
  await api.start();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await api.stop();
});

interface Run {
  readonly process: ChildProcess;
  /** What the command has written so far. */
  readonly output: () => string;
  readonly complaints: () => string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  /** Resolves when the command has written this. */
  written(text: string): Promise<void>;
}

function settings(variables: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    TULLE_SERVICE: 'web',
    TULLE_API: api.url,
    TULLE_TOKEN: api.token(),
    TULLE_DATA_DIR: temporaryFolder(),
    TULLE_LOG_LEVEL: 'error',
    ...variables,
  };
}

function start(program: string, args: string[], env: NodeJS.ProcessEnv): Run {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  return {
    process: child,
    output: () => output,
    complaints: () => complaints,
    ended: once(child, 'close').then(([code, signal]) => code ?? signal),
    written: async (text) => {
      while (!output.includes(text)) {
        if (child.stdout.readableEnded) throw new Error(`never written: ${text}\n${output}${complaints}`);
        await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'end')]);
      }
    },
  };
}

const run = (command: string[], variables?: Record<string, string>) =>
  start(node, [specRun, ...command], settings(variables));

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('the output is the output of the command, the code its code', async () => {
  const { ended, output, complaints } = run(['sh', '-c', 'echo out; echo err >&2; exit 7']);
  expect(await ended).toBe(7);
  expect(output()).toBe('out\n');
  expect(complaints()).toBe('err\n');
});

test('a command ended by signal n gives 128+n', async () => {
  expect(await run(['sh', '-c', 'kill -9 $$']).ended).toBe(137);
});

test.each(['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGINT'] as const)('%s reaches the command', async (signal) => {
  const script = `process.on('${signal}', () => { console.log('caught'); process.exit(3); });
    setInterval(() => {}, 1000); console.log('up')`;
  const { process: supervisor, written, output, ended } = run([node, '-e', script]);
  await written('up');
  supervisor.kill(signal);
  expect(await ended).toBe(3);
  expect(output()).toBe('up\ncaught\n');
});

test('the command hears of its end when nobody is sent to it any more', async () => {
  const script = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log(process.pid + '.')`;
  const { process: supervisor, written, output, ended } = run([node, '-e', script], { TULLE_PORT: '18080' });
  await written('.');
  expect(api.hellos.at(-1)).toHaveProperty('inbound');
  const wasAliveWhenLeft = new Promise<boolean>((resolve) => {
    api.events.on('hello', (hello: object) => {
      if (!('inbound' in hello)) resolve(isAlive(Number.parseInt(output(), 10)));
    });
  });
  supervisor.kill('SIGTERM');
  expect(await wasAliveWhenLeft).toBe(true);
  expect(await ended).toBe(0);
});

test('the environment leads the command through the mesh, and keeps the token from it', async () => {
  const { ended, output } = run([node, '-p', 'JSON.stringify(process.env)'], {
    TULLE_UPSTREAMS: 'orders,payment-gateway',
    TULLE_PORT: '18080',
    NO_PROXY: 'internal.example',
  });
  expect(await ended).toBe(0);
  const environment = JSON.parse(output());
  expect(environment).toMatchObject({
    HTTP_PROXY: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    NODE_USE_ENV_PROXY: '1',
    NO_PROXY: 'internal.example,localhost,127.0.0.1,::1',
    ORDERS_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    PAYMENT_GATEWAY_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    PORT: '18080',
  });
  expect(environment.http_proxy).toBe(environment.HTTP_PROXY);
  expect(environment).not.toHaveProperty('TULLE_TOKEN');
});

test('a command in Node calls services by name, by proxy and by address', async () => {
  const echo = await startEcho('orders answered');
  const endpoint = {
    id: `127.0.0.1:${echo.port}`,
    version: 'v1',
    host: '127.0.0.1',
    port: echo.port,
    tls: false,
  };
  api.setView(viewOf('orders', [endpoint]));
  const script = `for (const url of ['http://orders/', process.env.ORDERS_URL])
    console.log(await (await fetch(url)).text())`;
  const { ended, output } = run([node, '--input-type=module', '-e', script], { TULLE_UPSTREAMS: 'orders' });
  expect(await ended).toBe(0);
  expect(output()).toBe('orders answered\norders answered\n');
  echo.close();
});

test('a command that does not exist is one sentence and 127', async () => {
  const { ended, complaints } = run(['no-such-command']);
  expect(await ended).toBe(127);
  expect(complaints()).toBe('The command no-such-command cannot be found or is not executable.\n');
});

test('a used token is one sentence and 1, and the command never runs', async () => {
  const variables = settings();
  Object.assign(api.tokens.get(variables.TULLE_TOKEN ?? '') ?? {}, { used: true });
  const { ended, output, complaints } = start(node, [specRun, 'echo', 'ran'], variables);
  expect(await ended).toBe(1);
  expect(output()).toBe('');
  expect(complaints()).toContain('This join token has been used already: make a new one.\n');
});

test('without the API the command waits for its agent as long as it was told, then starts', async () => {
  await api.stop();
  const { ended, output } = run(['echo', 'ran'], { TULLE_READY_TIMEOUT_MS: '50' });
  expect(await ended).toBe(0);
  expect(output()).toBe('ran\n');
});

const printPidAndWait = `console.log('pid ' + process.pid + '.'); setInterval(() => {}, 1000)`;
const pidIn = (output: string) => Number(/pid (\d+)\./.exec(output)?.[1]);

test('the command ends when tulle run is killed with -9', async () => {
  const { process: supervisor, written, output, ended } = run([node, '-e', printPidAndWait]);
  await written('.');
  supervisor.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  await gone(pidIn(output()));
});

test('a command that ignores SIGTERM is killed when tulle run was', async () => {
  const script = `process.on('SIGTERM', () => console.log('no')); ${printPidAndWait}`;
  const { process: supervisor, written, output } = run([node, '-e', script]);
  await written('.');
  supervisor.kill('SIGKILL');
  await gone(pidIn(output()));
});

test('with --exit-with-parent everything ends after the parent was killed with -9', async () => {
  const variables = settings({ TULLE_EXIT_WITH_PARENT: 'true' });
  const parent = start(
    'sh',
    ['-c', '"$@" & echo "agent $!,"; wait', 'sh', node, specRun, node, '-e', printPidAndWait],
    variables,
  );
  await parent.written('.');
  const agent = Number(/agent (\d+),/.exec(parent.output())?.[1]);
  const command = pidIn(parent.output());
  expect([agent, command].map((pid) => isAlive(pid))).toEqual([true, true]);
  parent.process.kill('SIGKILL');
  await Promise.all([gone(agent), gone(command)]);
});

/** Processes whose command line has this text; the shell that watches has the command's. */
function processesWith(text: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false; // It has ended meanwhile.
    }
  });
}

test('nothing stays behind after a normal end', async () => {
  const mark = randomUUID();
  const { ended, written, process: supervisor } = run([node, '-e', printPidAndWait, mark]);
  await written('.');
  // A shell that is about to become another program is seen twice.
  await expect.poll(() => processesWith(mark)).toHaveLength(3);
  supervisor.kill('SIGTERM');
  await ended;
  while (processesWith(mark).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});
