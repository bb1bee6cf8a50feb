import { Tooltip } from '@mantine/core';
import type { RouterOutputs } from '@tulle/api/router-types';
import { StatusTag, type Tone } from '@/ui/status-tag';

type Instance = RouterOutputs['services']['get']['instances'][number];

/** The worst that can be said of an instance, in one word. */
export function InstanceState({ instance }: { instance: Instance }) {
  const { tone, word, why } = stateOf(instance);
  const tag = <StatusTag tone={tone}>{word}</StatusTag>;
  return why === null ? (
    tag
  ) : (
    <Tooltip label={why} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0}>{tag}</span>
    </Tooltip>
  );
}

function stateOf({ revokedAt, connected, localHealthy, config }: Instance): {
  tone: Tone;
  word: string;
  why: string | null;
} {
  if (revokedAt !== null) return { tone: 'bad', word: 'revoked', why: 'Its certificates are refused.' };
  if (!connected)
    return {
      tone: 'warn',
      word: 'disconnected',
      why: 'Its agent has no connection to the API; it serves with what it holds.',
    };
  if (config.state === 'rejected') return { tone: 'bad', word: 'rejected', why: config.reason };
  if (!localHealthy) return { tone: 'bad', word: 'unhealthy', why: 'The service does not answer its agent.' };
  if (config.state === 'behind')
    return { tone: 'warn', word: 'behind', why: `It still runs revision ${config.revision}.` };
  return { tone: 'plain', word: 'serving', why: null };
}
