import ELK from 'elkjs/lib/elk-api.js';
import { foldColumns } from './fold';
import { type Arrangement, type GraphShape, looseServices, type Point } from './positions';

const nodeWidth = 152;
const nodeHeight = 44;

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.spacing.nodeNode': '52',
  'elk.spacing.componentComponent': '64',
  'elk.layered.spacing.nodeNodeBetweenLayers': '84',
  'elk.layered.spacing.edgeNodeBetweenLayers': '20',
  'elk.spacing.edgeNode': '24',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.aspectRatio': '1.6',
};

let elk: InstanceType<typeof ELK> | undefined;

/** Lays the graph out from left to right, in a worker. */
export async function layOut({ services, edges }: GraphShape): Promise<Arrangement> {
  elk ??= new ELK({ workerFactory: () => new Worker(new URL('./layout-worker.ts', import.meta.url)) });
  const present = new Set(services);
  // The same graph always gets the same picture, in whatever order its parts came.
  const children = [...services].sort().map((id) => ({ id, width: nodeWidth, height: nodeHeight }));
  const known = edges.filter(({ source, destination }) => present.has(source) && present.has(destination));
  const graph = await elk.layout({
    id: 'mesh',
    layoutOptions: { ...options, 'elk.layered.thoroughness': services.length > 150 ? '1' : '10' },
    children,
    edges: known
      .map(({ source, destination }) => ({
        id: `${source}->${destination}`,
        sources: [source],
        targets: [destination],
      }))
      .sort((left, right) => left.id.localeCompare(right.id)),
  });
  const points: Record<string, Point> = {};
  for (const { id, x = 0, y = 0 } of graph.children ?? [])
    points[id] = { x: Math.round(x + nodeWidth / 2), y: Math.round(y + nodeHeight / 2) };
  return {
    points: foldColumns(points),
    edges: known.length,
    loose: looseServices({ services, edges: known }),
    byHand: false,
  };
}
