import { IconLockOpen } from '@tabler/icons-react';
import type { RouterOutputs } from '@tulle/api/router-types';
import { formatPercent, formatRate } from '@tulle/mesh/format';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import { HealthDot } from '@/ui/status-tag';
import classes from './service-detail.module.css';
import { trySuccessWords } from './tries';

type Neighbour = RouterOutputs['services']['get']['callers'][number];

interface NeighboursProps {
  readonly of: string;
  readonly side: 'callers' | 'callees';
  readonly neighbours: readonly Neighbour[];
}

/** One arm of the octopus: who is on this side, how much, how well. */
export function Neighbours({ of, side, neighbours }: NeighboursProps) {
  if (neighbours.length === 0) {
    return (
      <p className={classes.none}>
        {side === 'callers'
          ? `Nobody has called ${of} in this window.`
          : `${of} has called nobody in this window.`}
      </p>
    );
  }
  const busiestFirst = [...neighbours].sort((left, right) => right.traffic.rate - left.traffic.rate);
  return (
    <ul className={classes.neighbours}>
      {busiestFirst.map(({ service, health, traffic, mtls }) => (
        <li key={service}>
          <span className={classes.neighbourName}>
            <HealthDot health={health} />
            <MeshLink href={paths.service(service)} look="plain" className={classes.neighbourLink}>
              {service}
            </MeshLink>
            {(mtls === 'none' || mtls === 'some') && (
              <span
                className={classes.open}
                role="img"
                aria-label="without mutual TLS"
                title="without mutual TLS"
              >
                <IconLockOpen size={14} stroke={1.6} />
              </span>
            )}
          </span>
          <MeshLink
            href={side === 'callers' ? paths.topologyEdge(service, of) : paths.topologyEdge(of, service)}
            look="plain"
            className={classes.neighbourFigures}
          >
            <span className={classes.hidden}>
              {side === 'callers' ? `${service} → ${of}` : `${of} → ${service}`}{' '}
            </span>
            {formatRate(traffic.rate)} · {formatPercent(traffic.successRate)}
            <Tries words={trySuccessWords(traffic)} />
          </MeshLink>
        </li>
      ))}
    </ul>
  );
}

function Tries({ words }: { words: string | null }) {
  return words === null ? null : <span title="Of all single tries, before retries"> · tries {words}</span>;
}
