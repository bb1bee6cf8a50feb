const everyMs = 250;

/**
 * Calls `stop` once when whoever started this process is gone, however it ended: a parent that holds an IPC channel
 * to us, or, below npm, npm itself and the shell between. Outside npm an orphan is nothing odd (nohup, a daemon).
 * Returns the function that ends the watching.
 */
export function onAbandoned(stop) {
  let watching = true;
  const once = () => {
    if (watching) stop();
    watching = false;
  };
  if (process.channel) {
    process.once('disconnect', once);
    // Waiting for the end of the parent is no reason to stay.
    process.channel.unref();
  }
  if (process.env.npm_lifecycle_event || process.env.npm_command) watchNpm(once);
  return () => {
    watching = false;
  };
}

/** The way out in order, and a limit to it. */
export function stopInTime() {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 5_000).unref();
  process.kill(process.pid, 'SIGTERM');
}

/** npm runs us through a shell, and killing npm leaves that shell waiting: so the shell's parent counts too. */
function watchNpm(stop) {
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return;
    clearInterval(timer);
    stop();
  }, everyMs);
  timer.unref();
}

/** undefined where the system has no /proc; then the direct parent alone is watched. */
function parentOf(pid) {
  try {
    const { readFileSync } = process.getBuiltinModule('node:fs');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the command's name in parentheses, which may itself hold spaces: state, parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
