import { Tooltip } from '@mantine/core';
import { StatusTag } from '@/ui/status-tag';
import { type Instance, instanceWords, type Standing } from './instance-words';

/** The worst that can be said of an instance, in a word or two. */
export function InstanceState({
  instance,
  standings,
}: {
  instance: Instance;
  standings: readonly Standing[];
}) {
  const { tone, word, why } = instanceWords(instance, standings);
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
