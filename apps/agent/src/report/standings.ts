import { type EndpointStanding, mostStandings } from '@tulle/mesh/agent-protocol';
import type { EndpointStats } from '../data-plane.ts';

/** The most pressing first. */
const states = ['connecting-failed', 'ejected', 'unhealthy', 'probation', 'warming'] as const;
type State = (typeof states)[number];

/** The endpoints that are not used as the others are, for people who look at the service from afar. */
export function standingsOf(endpoints: readonly EndpointStats[]): EndpointStanding[] {
  // What is thought of a service that nobody here has called, such as one's own, concerns nobody.
  const called = new Set(endpoints.filter(wasTried).map(({ service }) => service));
  const unusual = endpoints.flatMap((one) => {
    const state = called.has(one.service) ? stateOf(one) : undefined;
    return state === undefined ? [] : [{ state, one }];
  });
  return unusual
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state))
    .slice(0, mostStandings)
    .map(({ state, one: { service, endpoint, reason = '', forMs } }) => ({
      service,
      endpoint: endpoint.slice(0, 300),
      state,
      reason: reason.replace(/^on probation: /, '').slice(0, 200),
      ...(forMs !== undefined && { forMs: Math.round(forMs) }),
    }));
}

function wasTried({ tries, failedConnects }: EndpointStats): boolean {
  return tries + failedConnects > 0;
}

function stateOf({ state, reason }: EndpointStats): State | undefined {
  // Nobody sends there any more.
  if (state === 'draining') return undefined;
  if (state !== 'available') return state;
  // What is available again has something said of it as long as it has yet to prove itself.
  return reason === '' ? undefined : 'probation';
}
