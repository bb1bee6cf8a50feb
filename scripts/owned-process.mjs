import { spawn } from 'node:child_process';

/**
 * Runs a command to its end in a process group of its own and resolves with its exit code; `onOutput` gets what it
 * writes, which goes to the terminal otherwise. Whatever becomes of this
 * process, kill -9 included, the whole group ends with it: a shell reads a pipe that only we hold, and acts when
 * the reading ends.
 */
export function runOwned(command, args, { onOutput, ...options }) {
  const output = onOutput === undefined ? 'inherit' : 'pipe';
  const child = spawn(command, args, { ...options, stdio: ['ignore', output, output], detached: true });
  child.stdout?.on('data', onOutput);
  child.stderr?.on('data', onOutput);
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'watchdog', String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  const end = () => killGroup(child.pid, 'SIGTERM');
  process.on('exit', end);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('exit', end);
      // Nothing that the command left in its group stays either.
      killGroup(child.pid, 'SIGKILL');
      watchdog.kill('SIGKILL');
      const done = () => resolve(signal === null ? code : 1);
      child.once('close', done);
      // Who has left the group may hold the pipe for ever, and says nothing that would concern us.
      setTimeout(done, 2_000).unref();
    });
  });
}

const watchdogScript = 'cat >/dev/null; kill -TERM "-$1"; sleep 1; kill -KILL "-$1"';

function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nobody is left in it.
    if (error.code !== 'ESRCH') throw error;
  }
}
