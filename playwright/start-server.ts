import { spawn } from 'node:child_process';
import path from 'node:path';

const program = path.join(import.meta.dirname, '../apps/cli/bin/tulle.mjs');

export interface ServerSettings {
  /** Of the dashboard; agents use the next one. */
  readonly port: number;
  readonly dataDir: string;
  readonly demo: boolean;
}

export interface RunningServer {
  /** The sign-in link; rejects with what was printed when the server ends before it prints one. */
  readonly link: Promise<string>;
  /** In order, as Ctrl-C does. */
  stop(): Promise<void>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

/** A server of its own process group. */
export function startServer({ port, dataDir, demo }: ServerSettings): RunningServer {
  const server = spawn(process.execPath, [program, 'server', demo ? '--demo' : '--no-demo'], {
    env: {
      ...process.env,
      TULLE_PORT: String(port),
      TULLE_AGENTS_PORT: String(port + 1),
      TULLE_DATA_DIR: dataDir,
      TULLE_LOG_LEVEL: 'warn',
    },
    // By the channel it knows when these tests are killed, and ends.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true,
  });
  server.channel?.unref();
  const ended = new Promise<number | null>((resolve) => server.once('exit', (code) => resolve(code)));
  const link = new Promise<string>((resolve, reject) => {
    let output = '';
    server.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /http:\/\/\S+\/welcome\?token=\S+/.exec(output);
      if (found !== null) resolve(found[0]);
    });
    void ended.then((code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  // Of a second start nobody waits for a link.
  link.catch(() => undefined);
  const end = async (signal: NodeJS.Signals) => {
    server.kill(signal);
    await ended;
  };
  return { link, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
