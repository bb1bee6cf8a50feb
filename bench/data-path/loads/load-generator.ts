import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProxyServer } from '../../proxies/proxy-server.ts';

const LOAD_CORE = 1;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const execute = promisify(execFile);

/** Runs a load generator on the core that is its own, and resolves with what it printed. */
export async function generate(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute('taskset', ['-c', String(LOAD_CORE), command, ...args], {
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return stdout;
}

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
}

/** A second to warm up, then `seconds` of which the CPU of the proxy is counted. */
export async function measureCpu(
  { port, processes }: ProxyServer,
  seconds: number,
  load: (port: number, seconds: number) => Promise<Load>,
): Promise<Load & { microseconds: number }> {
  const cpu = () => processes.reduce((sum, one) => sum + one.cpuMicroseconds(), 0);
  await load(port, 1);
  const before = cpu();
  const done = await load(port, seconds);
  return { ...done, microseconds: (cpu() - before) / done.requests };
}
