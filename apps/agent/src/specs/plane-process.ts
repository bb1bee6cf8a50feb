import type { ServiceView } from '@tulle/mesh/service-view';
import {
  createDataPlane,
  type DataPlaneIdentity,
  type DataPlaneOptions,
  type ListeningPorts,
} from '../data-plane.ts';

/** For specs: a data plane in a process of its own. What its parent tells it: */
export type PlaneRequest =
  | {
      readonly type: 'start';
      readonly options: Omit<DataPlaneOptions, 'logger'>;
      readonly identity: DataPlaneIdentity;
      readonly views: readonly ServiceView[];
    }
  | { readonly type: 'memory' };

export type PlaneReply =
  | { readonly type: 'ports'; readonly ports: ListeningPorts }
  | { readonly type: 'memory'; readonly rssBytes: number };

const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function start({
  options,
  identity,
  views,
}: PlaneRequest & { type: 'start' }): Promise<ListeningPorts> {
  const plane = createDataPlane({ ...options, logger: silent });
  plane.setIdentity(identity);
  plane.apply(views);
  return await plane.listen();
}

function reply(message: PlaneReply): void {
  process.send?.(message);
}

process.on('message', async (request: PlaneRequest) => {
  if (request.type === 'start') {
    reply({ type: 'ports', ports: await start(request) });
  } else {
    reply({ type: 'memory', rssBytes: process.memoryUsage().rss });
  }
});
process.on('disconnect', () => process.exit());
