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
  certificatesOf: (instance: string) => `/certificates?q=${encodeURIComponent(instance)}`,
  accessRules: () => '/access',
  accessRule: (service: string) => `/access/${encodeURIComponent(service)}`,
  agents: () => '/agents',
  agent: (id: string) => `/agents/${encodeURIComponent(id)}`,
  joinTokens: () => '/agents/join-tokens',
  changes: () => '/changes',
  change: (revision: number) => `/changes/${revision}`,
  serviceChanges: (service: string) => `/changes?service=${encodeURIComponent(service)}`,
  settings: () => '/settings',
  account: () => '/settings?tab=account',
  signIn: (next?: string) =>
    next === undefined || next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`,
} as const;

/** Any origin will do: what does not stay on it would leave the dashboard. */
const here = 'http://dashboard.invalid';

/**
 * Where to go after signing in: only into the dashboard itself, never to another site. Read as a browser reads it, who
 * drops tabs and line breaks and takes backslashes for slashes, so that `/<tab>/evil.example` is another site.
 */
export function returnPath(next: string | null | undefined): string {
  if (next == null || !next.startsWith('/') || !URL.canParse(next, here)) return paths.topology();
  const { origin, pathname, search, hash } = new URL(next, here);
  // A path of two slashes within this origin, as of `/.//evil.example`, would be another site when it stands alone.
  if (origin !== here || pathname.startsWith('//') || pathname.startsWith('/sign-in'))
    return paths.topology();
  return `${pathname}${search}${hash}`;
}
