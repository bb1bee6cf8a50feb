import { policySchema } from '@tulle/mesh/policy';
import type { Endpoint } from '@tulle/mesh/service-view';
import { RequestHead } from '@tulle/wire/http/message-head';
import type * as z from 'zod/mini';
import { Clock } from '../clock.ts';
import { Turn } from '../forward/turn.ts';
import { Credentials } from '../mutual-tls/credentials.ts';
import { Recorder } from '../record/recorder.ts';
import { BackendRegistry, type RegistryContext } from './backend-registry.ts';
import type { Fleet } from './fleet.ts';
import type { PickRequest } from './pick-request.ts';

type DeclaredPolicy = Omit<z.input<typeof policySchema>, 'kind' | 'service'>;

const limits = { max: 1_000, maxPending: 1_000, connectMs: 1_000, maxConnectionAgeMs: 0 };

export function endpointOf(index: number, more: Partial<Endpoint> = {}): Endpoint {
  return { id: `web-${index}`, version: 'v1', host: '127.0.0.1', port: index + 1, tls: false, ...more };
}

/** A registry whose pools never connect, with the real classes all the same. */
export function registryOf(more: Partial<RegistryContext> = {}): {
  registry: BackendRegistry;
  clock: Clock;
  turn: Turn;
} {
  const clock = new Clock();
  const turn = new Turn();
  clock.now = 0;
  const registry = new BackendRegistry({
    environment: { clock, turn, idleTimeoutMs: 60_000 },
    credentials: new Credentials(),
    recorder: new Recorder(),
    source: 'caller',
    ...more,
  });
  return { registry, clock, turn };
}

/** Puts a view of `web` in force. */
export function applyTo(
  registry: BackendRegistry,
  endpoints: readonly Endpoint[],
  declared: DeclaredPolicy = {},
): Fleet {
  const {
    kind: _kind,
    service,
    ...policy
  } = policySchema.parse({ kind: 'Policy', service: 'web', ...declared });
  const view = { service, protocol: 'http' as const, port: 80, policy, endpoints: [...endpoints] };
  const fleet = registry.fleet(view, limits);
  registry.keepOnly(new Set(fleet.backends));
  return fleet;
}

const noHead = new RequestHead(1);

export function asked(now: number, more: Partial<PickRequest> = {}): PickRequest {
  return { head: noHead, source: '', avoid: undefined, now, ...more };
}
