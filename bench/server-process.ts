import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Ticks of /proc's CPU times: 100 a second on every Linux there is. */
const TICK_MICROSECONDS = 10_000;
const READY_TIMEOUT_MS = 120_000;

/** A server as a process of its own, with all it forked; pinned to a core when one is named. */
export class ServerProcess {
  readonly name: string;
  private readonly child: ChildProcess;
  private errors = '';

  constructor(name: string, command: string, args: readonly string[], core?: number) {
    this.name = name;
    const [program, ...rest] =
      core === undefined ? [command, ...args] : ['taskset', '-c', String(core), command, ...args];
    this.child = spawn(program as string, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.errors = (this.errors + text.toString()).slice(-4_000);
    });
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error(`${this.name} did not start`);
    return pid;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The last of what it wrote to standard error. */
  get complaints(): string {
    return this.errors;
  }

  /** Resolves with the milliseconds until `port` was accepting. */
  async accepting(port: number): Promise<number> {
    const start = performance.now();
    while (performance.now() - start < READY_TIMEOUT_MS) {
      if (!this.isRunning) throw new Error(`${this.name} exited: ${this.errors}`);
      if (await canConnect(port)) return performance.now() - start;
      await wait(5);
    }
    throw new Error(`${this.name} does not listen on ${port}: ${this.errors}`);
  }

  cpuMicroseconds(): number {
    return [this.pid, ...childrenOf(this.pid)].reduce((sum, pid) => sum + cpuOf(pid), 0);
  }

  residentMegabytes(): number {
    return [this.pid, ...childrenOf(this.pid)].reduce((sum, pid) => sum + residentOf(pid), 0);
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.child.kill('SIGTERM');
    const hard = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    await once(this.child, 'exit');
    clearTimeout(hard);
  }
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** utime and stime. */
function cpuOf(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}

function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(statOf(pid)[1]) === parent;
      } catch {
        // It ended while we looked.
        return false;
      }
    });
}
