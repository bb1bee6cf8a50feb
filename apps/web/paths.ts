/** Every URL of the dashboard. Names are encoded here and nowhere else. */
export const paths = {
  topology: () => '/',
  topologyNode: (service: string) => `/?select=${encodeURIComponent(service)}`,
  topologyEdge: (source: string, destination: string) =>
    `/?select=${encodeURIComponent(`${source}->${destination}`)}`,
  services: () => '/services',
  service: (service: string) => `/services/${encodeURIComponent(service)}`,
  trafficSplits: () => '/traffic',
  trafficSplit: (service: string) => `/traffic/${encodeURIComponent(service)}`,
  rollouts: () => '/rollouts',
  rollout: (id: string) => `/rollouts/${encodeURIComponent(id)}`,
  newRollout: (service?: string) =>
    service === undefined ? '/rollouts/new' : `/rollouts/new?service=${encodeURIComponent(service)}`,
  certificates: () => '/certificates',
  agents: () => '/agents',
  joinTokens: () => '/agents/join-tokens',
  changes: () => '/changes',
  change: (revision: number) => `/changes/${revision}`,
  serviceChanges: (service: string) => `/changes?service=${encodeURIComponent(service)}`,
  signIn: (next?: string) =>
    next === undefined || next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`,
} as const;

/** Where to go after signing in: only into the dashboard itself, never to another site. */
export function returnPath(next: string | null | undefined): string {
  return next != null && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : paths.topology();
}
