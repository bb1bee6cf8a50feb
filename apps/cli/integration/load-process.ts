import { Agent, request } from 'node:http';

/**
 * A caller under test, started through `tulle run --upstreams target`. Sends without a pause over CONCURRENCY
 * connections, or LIMIT requests, or RATE a second; on SIGUSR2 or SIGTERM finishes what is in flight and writes its
 * count to standard output as one line of JSON. After SIGUSR2 it stays, so that its agent can report all of it.
 */
export interface LoadResult {
  readonly sent: number;
  readonly ok: number;
  /** What went wrong, as `status code` or error code -> how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, number>>;
}

const target = new URL(
  process.env.TARGET_URL ?? process.env[`${process.env.TARGET?.toUpperCase()}_URL`] ?? '',
);
const concurrency = Number(process.env.CONCURRENCY ?? 8);
const limit = Number(process.env.LIMIT ?? Number.POSITIVE_INFINITY);
const pauseMs = process.env.RATE === undefined ? 0 : (1_000 * concurrency) / Number(process.env.RATE);

const result = {
  sent: 0,
  ok: 0,
  failures: {} as Record<string, number>,
  versions: {} as Record<string, number>,
};
const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
let stopping = false;
const stop = () => {
  stopping = true;
};
process.on('SIGTERM', stop);
process.on('SIGUSR2', () => {
  stop();
  const staying = setInterval(() => undefined, 1_000);
  process.once('SIGTERM', () => clearInterval(staying));
});

const workers = Array.from({ length: concurrency }, async () => {
  while (!stopping && result.sent < limit) {
    result.sent++;
    await once().then(
      (version) => {
        result.ok++;
        result.versions[version] = (result.versions[version] ?? 0) + 1;
      },
      (error: NodeJS.ErrnoException) => {
        const name = error.code ?? error.message;
        result.failures[name] = (result.failures[name] ?? 0) + 1;
      },
    );
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
});
await Promise.all(workers);
agent.destroy();
process.stdout.write(`${JSON.stringify(result satisfies LoadResult)}\n`);

function once(): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(target, { agent, timeout: 20_000 }, (response) => {
      const version = String(response.headers['x-version'] ?? '');
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(version);
        else reject(new Error(`${response.statusCode} ${response.headers['x-tulle-error'] ?? ''}`.trim()));
      });
      response.resume();
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in 20 s')));
    sent.on('error', reject);
    sent.end();
  });
}
