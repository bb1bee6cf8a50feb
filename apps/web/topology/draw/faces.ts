import { formatMs, formatPercent, formatRate } from '@tulle/mesh/format';
import type { Health } from '@tulle/mesh/health';
import { versionColour } from '../../theme/version-colour.ts';
import type { GraphEdge, GraphNode } from '../graph-view';

/** What is written on a node. */
export interface NodeFace {
  readonly title: string;
  readonly figures: string;
  readonly initials: string;
  readonly health: Health;
  /** Percent; only when there is more than one version. */
  readonly split: readonly { readonly share: number; readonly colour: string }[];
  readonly versions: readonly { readonly text: string; readonly figures: string; readonly colour: string }[];
}

const mostVersions = 3;
const faces = new WeakMap<GraphNode, NodeFace>();

/** Made when it is painted: of a large graph few nodes are near enough to be read. */
export function faceOf(node: GraphNode): NodeFace {
  const known = faces.get(node);
  if (known !== undefined) return known;
  const face = nodeFace(node);
  faces.set(node, face);
  return face;
}

/** How many rows a node has for its versions. */
export function shownVersions({ versions }: GraphNode): number {
  return Math.min(versions.length, mostVersions + 1);
}

function nodeFace({ service, kind, traffic, health, versions }: GraphNode): NodeFace {
  const names = versions.map(({ version }) => version);
  const shown = versions.slice(0, mostVersions);
  const more = versions.length - shown.length;
  return {
    title: service,
    figures:
      traffic.requests === 0
        ? 'no requests'
        : `${formatRate(traffic.rate)} · ${formatPercent(traffic.successRate)}`,
    initials: initialsOf(service),
    health,
    split:
      versions.length < 2
        ? []
        : versions.map(({ version, observed }) => ({
            share: observed,
            colour: versionColour(names, version),
          })),
    versions: [
      ...shown.map(({ version, observed }) => ({
        text: version,
        // Nobody calls a caller, so its versions share nothing.
        figures: kind === 'caller' ? '' : formatPercent(observed),
        colour: versionColour(names, version),
      })),
      ...(more > 0 ? [{ text: `and ${more} more`, figures: '', colour: 'var(--idle)' }] : []),
    ],
  };
}

/** `RC` for recommendation-cache, `Pa` for payment. */
export function initialsOf(service: string): string {
  const parts = service.split(/[-_. ]+/).filter(Boolean);
  const [first = '', second] = parts;
  if (second !== undefined) return `${first.charAt(0)}${second.charAt(0)}`.toUpperCase();
  return `${first.charAt(0).toUpperCase()}${first.charAt(1)}`;
}

export type EdgeLabel = 'rate' | 'errors' | 'p95';

/** What is written on an edge. */
export function edgeText({ traffic, health }: GraphEdge, label: EdgeLabel): string {
  switch (label) {
    case 'errors':
      return formatPercent(traffic.errorRate);
    case 'p95':
      return traffic.p95 === null ? '–' : formatMs(traffic.p95);
    default: {
      const rate = formatRate(traffic.rate);
      return health === 'ok' || health === 'idle' ? rate : `${rate}  ${formatPercent(traffic.errorRate)}`;
    }
  }
}

/** In quarters of a pixel, so that the noise of a rate does not redraw the graph every second. */
export function edgeWidth(rate: number, busiest: number): number {
  const share = busiest > 0 ? Math.sqrt(Math.max(0, rate) / busiest) : 0;
  return Math.round((1.4 + 4.6 * share) * 4) / 4;
}
