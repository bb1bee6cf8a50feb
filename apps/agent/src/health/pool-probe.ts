import type { HealthCheck } from '@tulle/mesh/health-check';
import type { Backend } from '../balance/backend.ts';
import type { Turn } from '../forward/turn.ts';
import { AgentConnectionCheck, checkPlainConnection } from './connection-check.ts';
import type { HealthProbe, HealthVerdict } from './health-probe.ts';
import { RequestCheck } from './request-check.ts';

/** Checks on the way that requests take: the same pool, protocol and identity are part of what is checked. */
export class PoolProbe implements HealthProbe {
  private readonly turn: Turn;

  constructor(turn: Turn) {
    this.turn = turn;
  }

  check(
    backend: Backend,
    check: HealthCheck,
    timeoutMs: number,
    done: (verdict: HealthVerdict, reason: string) => void,
  ): void {
    const { turn } = this;
    if (check.type !== 'tcp') new RequestCheck(backend, check, timeoutMs, turn, done).start();
    else if (backend.endpoint.tls) new AgentConnectionCheck(backend, timeoutMs, done).start();
    else checkPlainConnection(backend, timeoutMs, done);
    turn.flush();
  }
}
