// How Node runs an agent, of which one stands beside every service; docs/performance.md has what each is worth. Who
// starts an agent with a channel to itself gives them from the beginning.
export const smallNodeFlags = [
  // The certificates of public authorities are not read: an agent trusts the root of its mesh alone.
  '--use-openssl-ca',
  '--expose-gc',
  // Compilers whose code is in memory only once they have run. What is hot reaches the optimizing one all the same,
  // after some ten thousand requests.
  '--no-sparkplug',
  '--invocation-count-for-maglev=10000',
  // One helper thread instead of four.
  '--v8-pool-size=1',
  // Garbage is collected by the thread that serves. Waking the helper for what takes half a millisecond gains nothing, and
  // on the same core requests wait behind it.
  '--single-threaded-gc',
  // What callers keep for long is copied in pieces of this many MiB instead of 16, which holds up requests for less, and
  // takes 24 MiB less under load.
  '--max-semi-space-size=8',
];

/** Of the memory that may be used, what JavaScript's objects may take; buffers and the program itself are outside. */
const heapShare = 0.5;

/** So that the engine collects in time, and the agent sheds before it fails. As `memoryLimit` of the agent reads it. */
function heapFlags() {
  const at = process.argv.findIndex((word) => word.startsWith('--memory-limit'));
  const word = at < 0 ? '' : process.argv[at];
  const given = word.split('=')[1] ?? (word && process.argv[at + 1]) ?? '';
  const text = given || process.env.TULLE_MEMORY_LIMIT || allowed();
  const factor = { k: 1 / 1024, m: 1, g: 1024 }[text.slice(-1).toLowerCase()] ?? 1 / 1048576;
  const megabytes = Number.parseInt(text, 10) * factor * heapShare;
  return megabytes >= 16 ? [`--max-old-space-size=${Math.floor(megabytes)}`] : [];
}

/** What the control group allows, in bytes as text; '' without a limit. As `memoryAllowed` of the agent finds it. */
function allowed() {
  const groups = readIfThere('/proc/self/cgroup');
  const second = /^0::(.*)$/m.exec(groups)?.[1] ?? '';
  const first = /^\d+:memory:(.*)$/m.exec(groups)?.[1] ?? '';
  const limits = [
    `${second}/memory.max`,
    '/memory.max',
    `/memory${first}/memory.limit_in_bytes`,
    '/memory/memory.limit_in_bytes',
  ].map((file) => readIfThere(`/sys/fs/cgroup${file}`).trim());
  return limits.find((text) => text !== '' && Number.isSafeInteger(Number(text))) ?? '';
}

function readIfThere(file) {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Has this process begin again with those flags, under the same id, as `program`. Not where that cannot be: on a system without
 * `execve`, and where a channel to the parent would be lost; nor where it has them, or someone has chosen which authorities to trust.
 */
export function restartSmall(program) {
  const chosen = /--use-\w+-ca/.test([...process.execArgv, process.env.NODE_OPTIONS].join(' '));
  if (chosen || process.channel || process.execve === undefined || process.platform === 'win32') return;
  // Node closes all it inherited when it begins again: sockets of systemd would be lost.
  if (process.env.LISTEN_FDS !== undefined) return;
  const { execPath, execArgv, argv0 } = process;
  process.execve(execPath, [
    argv0,
    ...execArgv,
    ...smallNodeFlags,
    ...heapFlags(),
    program,
    ...process.argv.slice(2),
  ]);
}
