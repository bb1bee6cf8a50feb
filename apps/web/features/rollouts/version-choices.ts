import type { RouterOutputs } from '@tulle/api/router-types';

type Service = RouterOutputs['services']['list'][number];

/** The versions a rollout of a service can name, and the likeliest choice: from what has most to what has least. */
export function versionChoices(
  services: readonly Service[] | undefined,
  service: string,
): { names: string[]; proposed: { stable: string; candidate: string } } {
  const versions = services?.find((row) => row.service === service)?.versions ?? [];
  const byShare = [...versions].sort((a, b) => shareOf(b) - shareOf(a));
  const candidates = byShare.slice(1).filter(({ instances }) => instances > 0);
  return {
    names: versions.map(({ version }) => version),
    proposed: { stable: byShare[0]?.version ?? '', candidate: candidates.at(-1)?.version ?? '' },
  };
}

function shareOf(version: Service['versions'][number]): number {
  return version.weight ?? version.observed;
}
