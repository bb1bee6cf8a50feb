import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Ticks of /proc's CPU times: 100 a second on every Linux there is. */
const TICK_MICROSECONDS = 10_000;
const READY_TIMEOUT_MS = 10_000;

/** A process pinned to a core, with all it forked. */
export class Pinned {
  readonly name: string;
  private readonly child: ChildProcess;
  private errors = '';

  constructor(name: string, core: number, command: string, args: readonly string[]) {
    this.name = name;
    this.child = spawn('taskset', ['-c', String(core), command, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.errors = (this.errors + text.toString()).slice(-4_000);
    });
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error(`${this.name} did not start`);
    return pid;
  }

  /** Resolves with the milliseconds until `port` was accepting. */
  async accepting(port: number): Promise<number> {
    const start = performance.now();
    while (performance.now() - start < READY_TIMEOUT_MS) {
      if (this.child.exitCode !== null) throw new Error(`${this.name} exited: ${this.errors}`);
      if (await canConnect(port)) return performance.now() - start;
      await wait(5);
    }
    throw new Error(`${this.name} does not listen on ${port}: ${this.errors}`);
  }

  cpuMicroseconds(): number {
    return [this.pid, ...childrenOf(this.pid)].reduce((sum, pid) => sum + cpuOf(pid), 0);
  }

  residentMegabytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
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
