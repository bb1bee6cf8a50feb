import type { Edge } from './edges.ts';
import { type Packer, Unpacker } from './packing.ts';
import type { Sums } from './sums.ts';

/** The cumulative counters of a cursor, one series after the other. */
export function writeSeries(packer: Packer, edge: Edge, last: Sums): void {
  packer.number((edge.side === 'inbound' ? 2 : 0) + (edge.tls ? 1 : 0));
  packer.text(edge.source);
  packer.text(edge.destination);
  packer.text(edge.version);
  packer.sums(last);
}

export function* readSeries(bytes: Uint8Array): Generator<[Edge, Sums]> {
  const unpacker = new Unpacker(bytes);
  while (!unpacker.done) {
    const flags = unpacker.number();
    const edge: Edge = {
      side: flags >= 2 ? 'inbound' : 'outbound',
      tls: flags % 2 === 1,
      source: unpacker.text(),
      destination: unpacker.text(),
      version: unpacker.text(),
    };
    yield [edge, unpacker.sums()];
  }
}
