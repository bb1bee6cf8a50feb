// `npm start`: makes the clone run, then the server with the demo mesh. Flags after `--` are the server's.
import { fileURLToPath } from 'node:url';
import { onAbandoned } from '../apps/cli/bin/abandoned.mjs';
import { ensure, explain } from './ensure.mjs';

const tulle = new URL('../apps/cli/bin/tulle.mjs', import.meta.url);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stopPreparing);
const unwatch = onAbandoned(stopPreparing);
await ensure().catch(explain);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stopPreparing);
unwatch();

// From here on this process is the command itself: one process fewer to watch.
process.argv = [process.execPath, fileURLToPath(tulle), 'server', '--demo', ...process.argv.slice(2)];
await import(tulle.href);

function stopPreparing() {
  process.exit(130);
}
