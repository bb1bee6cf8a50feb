import v8 from 'node:v8';
import vm from 'node:vm';

const afterMs = 3_000;

/**
 * Gives back, once, what reading the program has left behind: about a seventh of an agent's memory, which V8 would
 * otherwise keep for as long as the agent has little to do. There is one agent beside every service.
 */
export function releaseStartupGarbage(): void {
  setTimeout(() => {
    v8.setFlagsFromString('--expose-gc');
    vm.runInNewContext('gc')();
  }, afterMs).unref();
}
