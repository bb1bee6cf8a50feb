import { need } from '../../installation.ts';
import { generate, type Load } from './load-generator.ts';

interface WrkOptions {
  readonly connections: number;
  readonly path?: string;
  /** Path of a Lua script. */
  readonly script?: string;
}

/** HTTP/1.1 with kept connections, as fast as it goes. Throws when anything but 2xx came. */
export function wrk({ connections, path = '/', script }: WrkOptions) {
  return async (port: number, seconds: number): Promise<Load> => {
    const out = await generate(need('wrk', 'apt-get install wrk'), [
      ...['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-H', 'Host: web'],
      ...(script === undefined ? [] : ['-s', script]),
      `http://127.0.0.1:${port}${path}`,
    ]);
    const requests = Number(/(\d+) requests in/.exec(out)?.[1] ?? 0);
    if (requests === 0 || /Non-2xx|Socket errors/.test(out))
      throw new Error(`the load on ${port} met errors:\n${out}`);
    return { requests, perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1] ?? 0) };
  };
}
