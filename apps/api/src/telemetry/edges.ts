import type { SeriesCounters } from '@tulle/mesh/agent-protocol';

/** One edge and version as seen from one side. */
export interface Edge {
  readonly side: 'outbound' | 'inbound';
  readonly source: string;
  readonly destination: string;
  readonly version: string;
  readonly tls: boolean;
}

const maxEdges = 500_000;

export function edgeKey({ side, source, destination, version, tls }: Edge): string {
  // Names have no blanks.
  return `${side === 'outbound' ? 'o' : 'i'}${tls ? 't' : 'p'} ${source} ${destination} ${version}`;
}

const namePattern = /^[-._a-zA-Z0-9]{0,63}$/;

/** Whether names are such as can be stored and shown. */
export function isSound({ source, destination, version }: SeriesCounters): boolean {
  return namePattern.test(source) && namePattern.test(destination) && namePattern.test(version);
}

/** Gives every edge a small number, so that what is counted for it can be kept in few bytes. */
export class Edges {
  readonly #byKey = new Map<string, number>();
  readonly #edges: Edge[] = [];

  /** undefined when there are too many. */
  idOf({ side, source, destination, version, tls }: Edge): number | undefined {
    const edge = { side, source, destination, version, tls };
    const key = edgeKey(edge);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#edges.length >= maxEdges) return undefined;
    this.#edges.push(edge);
    this.#byKey.set(key, this.#edges.length - 1);
    return this.#edges.length - 1;
  }

  get(id: number): Edge | undefined {
    return this.#edges[id];
  }

  get size(): number {
    return this.#edges.length;
  }
}
