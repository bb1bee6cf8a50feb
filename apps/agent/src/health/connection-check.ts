import { connect } from 'node:net';
import type { Backend } from '../balance/backend.ts';
import type { DataPathErrorCode } from '../errors.ts';
import type { ConnectionWaiter } from '../pool/connection-pool.ts';
import type { PeerStream } from '../pool/peer-stream.ts';
import type { HealthVerdict } from './health-probe.ts';
import { own } from './request-check.ts';

type Done = (verdict: HealthVerdict, reason: string) => void;

/** Whether the agent of an endpoint can be reached and proves to be who it must. */
export class AgentConnectionCheck implements ConnectionWaiter {
  private readonly backend: Backend;
  private readonly done: Done;
  private readonly timer: NodeJS.Timeout;

  constructor(backend: Backend, timeoutMs: number, done: Done) {
    this.backend = backend;
    this.done = done;
    this.timer = setTimeout(() => {
      backend.pool.cancel(this);
      done('unhealthy', `no connection within ${timeoutMs} ms`);
    }, timeoutMs);
    this.timer.unref();
  }

  start(): void {
    this.backend.pool.acquire(this);
  }

  onConnection(stream: PeerStream): void {
    clearTimeout(this.timer);
    stream.leave(true);
    this.done('healthy', 'connected');
  }

  onNoConnection(code: DataPathErrorCode, detail: string): void {
    clearTimeout(this.timer);
    this.done(own.has(code) ? 'unknown' : 'unhealthy', detail === '' ? code : `${code}: ${detail}`);
  }
}

/**
 * Whether something accepts connections at an endpoint that runs without an agent. On a connection of its own: those of
 * the pool say that it once did.
 */
export function checkPlainConnection({ endpoint }: Backend, timeoutMs: number, done: Done): void {
  const { host, port } = endpoint;
  const socket = connect({ host, port });
  let over = false;
  const finish = (verdict: HealthVerdict, reason: string) => {
    if (over) return;
    over = true;
    socket.destroy();
    done(verdict, reason);
  };
  socket.setTimeout(timeoutMs, () => finish('unhealthy', `no connection within ${timeoutMs} ms`));
  socket.once('connect', () => finish('healthy', 'connected'));
  socket.on('error', (error) => finish('unhealthy', error.message));
}
