import type { RouterOutputs } from '@tulle/api/router-types';
import { countOf } from '@tulle/mesh/format';

export type Certificate = RouterOutputs['certificates']['list'][number];

/** Who is cut off when an instance is revoked, and what is left of its service; a sentence each. */
export function revokeWords(row: Certificate, all: readonly Certificate[]): string[] {
  const others = all.filter(
    (other) =>
      other.service === row.service &&
      other.agentId !== row.agentId &&
      other.state !== 'revoked' &&
      other.state !== 'expired',
  );
  return [
    `${row.instance} is cut off: within seconds the server and every peer refuse its certificate, and its connections end.`,
    others.length === 0
      ? `It is the only instance of ${row.service}: every request to ${row.service} will fail.`
      : `${row.service} continues with ${countOf(others.length, 'other instance')}.`,
    'It can come back only with a new join token.',
  ];
}
