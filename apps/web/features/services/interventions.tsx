import type { RouterOutputs } from '@tulle/api/router-types';
import { countOf, formatPercent, formatRate } from '@tulle/mesh/format';
import { meshErrorWords } from '@/topology/panel/mesh-error-words';
import { Card, Stat } from '@/ui/card';
import classes from './interventions.module.css';

type ServiceView = RouterOutputs['services']['get'];

interface InterventionsProps {
  readonly traffic: ServiceView['row']['traffic'];
  readonly interventions: ServiceView['interventions'];
  /** In words, such as `15 min`. */
  readonly window: string;
}

/** What the mesh did to requests beside carrying them: what it tried again, and what it limited, refused or gave up. */
export function Interventions({ traffic, interventions, window }: InterventionsProps) {
  const { retries, meshErrors } = interventions;
  const { requests, rate, successRate, trySuccessRate } = traffic;
  const failures = Object.entries(meshErrors)
    .filter(([, count]) => count > 0)
    .sort(([, left], [, right]) => right - left);
  return (
    <Card title="Retries, limits and failures of the mesh" aside={`last ${window}`}>
      {trySuccessRate === undefined && failures.length === 0 && (
        <p className={classes.none}>No request was tried again, limited or failed by the mesh.</p>
      )}
      {trySuccessRate !== undefined && (
        <div className={classes.stats}>
          <Stat value={formatPercent(successRate)} label="success for callers" />
          <Stat value={formatPercent(trySuccessRate)} label="of all tries" />
          <Stat value={formatRate((rate * retries) / requests)} label="retries" />
        </div>
      )}
      {failures.length > 0 && (
        <ul className={classes.failures} aria-label="Requests that the mesh answered itself">
          {failures.map(([code, count]) => {
            const { name, means } = meshErrorWords(code);
            return (
              <li key={code}>
                <b title={code}>{name}</b>
                <span className={classes.count}>{countOf(count, 'request')}</span>
                <span className={classes.count}>{formatPercent((100 * count) / requests)}</span>
                <span className={classes.means}>{means}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
