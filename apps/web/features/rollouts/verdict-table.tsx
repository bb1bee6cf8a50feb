import { formatCount, formatMs, formatPercent } from '@tulle/mesh/format';
import type { Rollout } from './action-words';
import classes from './verdict-table.module.css';

type Verdict = NonNullable<Rollout['verdict']>;
type Check = Verdict['checks'][number];

/** What the analysis asked, what it saw and what it makes of it, a sentence for each check. */
export function VerdictTable({ verdict }: { verdict: Verdict }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col">Rule</th>
          <th scope="col" className={classes.figure}>
            Stable
          </th>
          <th scope="col" className={classes.figure}>
            Candidate
          </th>
          <th scope="col" className={classes.figure}>
            Requests
          </th>
          <th scope="col">Verdict</th>
        </tr>
      </thead>
      <tbody>
        {verdict.checks.map((check) => (
          <tr key={check.metric}>
            <th scope="row" className={classes.metric}>
              {check.metric}
            </th>
            <td className={classes.rule}>{check.rule}</td>
            <td className={classes.figure} data-label="stable">
              {figure(check, check.stable)}
            </td>
            <td className={classes.figure} data-label="candidate">
              {figure(check, check.candidate)}
            </td>
            <td className={classes.figure} data-label="requests">
              {formatCount(check.requests)}
            </td>
            <td className={classes.verdict}>
              <span className={classes.sentence} data-state={check.state}>
                {check.sentence}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function figure(check: Check, value: number | null): string {
  if (value === null) return '–';
  return check.unit === 'ms' ? formatMs(value) : formatPercent(value);
}
