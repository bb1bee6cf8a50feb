import { need } from '../../installation.ts';
import { generate, type Load } from './load-generator.ts';

interface H2loadOptions {
  readonly connections: number;
  /** In flight on each connection. */
  readonly streams: number;
  readonly path?: string;
  readonly headers?: readonly string[];
  /** Path of a file that is posted. */
  readonly body?: string;
}

/** HTTP/2 with prior knowledge, as fast as it goes. Throws when anything but 2xx came. */
export function h2load({ connections, streams, path = '/', headers = [], body }: H2loadOptions) {
  return async (port: number, seconds: number): Promise<Load> => {
    const out = await generate(need('h2load', 'apt-get install nghttp2-client'), [
      ...['-c', String(connections), '-m', String(streams), '-D', String(seconds)],
      ...headers.flatMap((header) => ['-H', header]),
      ...(body === undefined ? [] : ['-d', body]),
      `http://127.0.0.1:${port}${path}`,
    ]);
    const good = Number(/status codes: (\d+) 2xx, 0 3xx, 0 4xx, 0 5xx/.exec(out)?.[1] ?? 0);
    const failed = /(\d+) failed, (\d+) errored, (\d+) timeout/.exec(out)?.slice(1).map(Number) ?? [1];
    if (good === 0 || failed.some((count) => count > 0))
      throw new Error(`the load on ${port} met errors:\n${out}`);
    return { requests: good, perSecond: good / seconds };
  };
}
