// How Node runs an agent, of which one stands beside every service; docs/performance.md has what each is worth.
const flags = [
  // The certificates of public authorities are not read: an agent trusts the root of its mesh alone.
  '--use-openssl-ca',
  '--expose-gc',
  // Compilers whose code is in memory only once they have run. What is hot reaches the optimizing one all the same,
  // after some ten thousand requests.
  '--no-sparkplug',
  '--invocation-count-for-maglev=20000',
  // One helper thread instead of four.
  '--v8-pool-size=1',
];

/**
 * Has this process begin again with those flags, under the same id. Not where that cannot be: on a system without
 * `execve`, and where a channel to the parent would be lost; nor where someone has chosen which authorities to trust.
 */
export function restartSmall() {
  const chosen = /--use-\w+-ca/.test([...process.execArgv, process.env.NODE_OPTIONS].join(' '));
  if (chosen || process.channel || process.execve === undefined || process.platform === 'win32') return;
  const { execPath, execArgv, argv0 } = process;
  process.execve(execPath, [argv0, ...execArgv, ...flags, ...process.argv.slice(1)]);
}
