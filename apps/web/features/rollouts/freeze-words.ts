import { formatPercent } from '@tulle/mesh/format';
import { heldWeight, type Rollout } from './action-words';

/** As much of a rollout as the notice of a freeze is made of. */
export type Freezable = Pick<Rollout, 'row' | 'spec' | 'freeze'>;

export interface FreezeWords {
  /** `Frozen until Mon 08:00 Europe/Berlin: weekend`. */
  readonly title: string;
  /** What waits, and what does not. */
  readonly sentence: string;
}

/** What the freeze that is on means for a rollout now; null when it means nothing. */
export function freezeWords({ row, spec, freeze }: Freezable): FreezeWords | null {
  if (freeze === null || row.phase === 'aborting') return null;
  const title = `Frozen until ${freeze.end}${freeze.reason === '' ? '' : `: ${freeze.reason}`}`;
  if (row.phase === 'frozen') {
    const keeps = `${spec.candidate} keeps ${formatPercent(row.setWeight)}`;
    const gets = `goes to ${formatPercent(heldWeight({ row, spec }))} by itself afterwards`;
    return { title, sentence: `${keeps}, and ${gets}. A pause and an abort are not held up.` };
  }
  return {
    title,
    sentence: `Steps that give ${spec.candidate} more traffic wait until then; all else goes on.`,
  };
}
