import { accessRouter } from './access/router.ts';
import { agentsRouter } from './agents/router.ts';
import { apiTokensRouter } from './api-tokens/router.ts';
import { certificatesRouter } from './certificates/router.ts';
import { changesRouter } from './changes/router.ts';
import { joinTokensRouter } from './join-tokens/router.ts';
import { liveRouter } from './live/router.ts';
import { meshFactsRouter } from './mesh-facts/router.ts';
import { metricsRouter } from './metrics/router.ts';
import { peopleRouter } from './people/router.ts';
import { resourcesRouter } from './resources/router.ts';
import { rolloutsRouter } from './rollouts/router.ts';
import { rootRotationRouter } from './root-rotation/router.ts';
import { servicesRouter } from './services/router.ts';
import { topologyRouter } from './topology/router.ts';
import { trafficSplitsRouter } from './traffic-splits/router.ts';
import { router } from './trpc.ts';

/** Everything the dashboard and the command line can ask. */
export const appRouter = router({
  access: accessRouter,
  agents: agentsRouter,
  apiTokens: apiTokensRouter,
  certificates: certificatesRouter,
  changes: changesRouter,
  joinTokens: joinTokensRouter,
  live: liveRouter,
  meshFacts: meshFactsRouter,
  metrics: metricsRouter,
  people: peopleRouter,
  resources: resourcesRouter,
  rollouts: rolloutsRouter,
  rootRotation: rootRotationRouter,
  services: servicesRouter,
  topology: topologyRouter,
  trafficSplits: trafficSplitsRouter,
});

export type AppRouter = typeof appRouter;
