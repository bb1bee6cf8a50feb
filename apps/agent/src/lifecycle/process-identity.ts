import { readFileSync } from 'node:fs';

interface Ancestry {
  readonly pid: number;
  readonly ppid: number;
  readonly channel?: object | undefined;
}

/** When a process started, in ticks since boot; undefined where the system does not tell, or it is gone. */
export function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/** Whether the process lives; with `start`, whether it is that process and not a later one of the same number. */
export function isAlive(pid: number, start?: string): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const stat = statOf(pid);
  if (stat?.[0] === 'Z') return false;
  return start === undefined || stat === undefined || stat[19] === start;
}

/**
 * Whether all processes of a container end with this one: it is the first there, or was started by the first, which has a
 * channel to it and ends with it.
 */
export function endsContainer({ pid, ppid, channel }: Ancestry = process): boolean {
  return pid === 1 || (ppid === 1 && channel !== undefined);
}

/** Whether this process belongs to the foreground group of its terminal, which Ctrl-C reaches as a whole. */
export function inForegroundGroup(): boolean {
  const stat = statOf(process.pid);
  if (stat === undefined) return process.stdin.isTTY === true;
  const [, , group, , , foreground] = stat;
  return foreground !== '-1' && foreground === group;
}

/** The fields of /proc/<pid>/stat after the name: state, parent, group, session, terminal, foreground group, … */
function statOf(pid: number): string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
