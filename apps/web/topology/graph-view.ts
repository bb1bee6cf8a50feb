import type { RouterOutputs } from '@/trpc/client';

export type GraphView = RouterOutputs['topology']['graph'];
export type GraphNode = GraphView['nodes'][number];
export type GraphEdge = GraphView['edges'][number];
export type VersionShare = GraphNode['versions'][number];
