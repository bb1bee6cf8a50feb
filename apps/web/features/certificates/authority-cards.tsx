'use client';

import type { RouterOutputs } from '@tulle/api/router-types';
import { formatDuration } from '@tulle/mesh/format';
import { Card, Stat } from '@/ui/card';
import { MonoId } from '@/ui/mono-id';
import { Bone, BoneLines, ErrorState } from '@/ui/states';
import { RelativeTime } from '@/ui/time';
import classes from './authority-cards.module.css';
import { colonHex, shortHex } from './certificate-life';

type Overview = RouterOutputs['certificates']['overview'];

/** The trust domain with its authorities, and how many certificates stand how. */
export function AuthorityCards({
  overview,
  error,
  onRetry,
}: {
  overview: Overview | undefined;
  error: unknown;
  onRetry: () => void;
}) {
  if (overview === undefined && error !== null)
    return <ErrorState error={error} what="The trust domain" onRetry={onRetry} />;
  const counts = overview?.counts;
  const gone = counts && counts.expired + counts.revoked;
  return (
    <div className={classes.cards}>
      <Card>
        {overview === undefined ? (
          <BoneLines widths={['48%', '30%', '72%', '80%']} />
        ) : (
          <TrustDomain overview={overview} />
        )}
      </Card>
      <Card>
        <Stat value={counts?.valid ?? <Bone width={28} />} label="valid" />
      </Card>
      <Card>
        <Stat value={counts?.renewing ?? <Bone width={28} />} label="renewing" />
      </Card>
      <Card>
        <Stat
          value={counts?.expiring ?? <Bone width={28} />}
          label="expiring"
          tone={(counts?.expiring ?? 0) > 0 ? 'warn' : undefined}
        />
      </Card>
      <Card>
        <Stat
          value={gone ?? <Bone width={28} />}
          label="expired or revoked"
          tone={(counts?.expired ?? 0) > 0 ? 'bad' : undefined}
        />
      </Card>
    </div>
  );
}

function TrustDomain({ overview }: { overview: Overview }) {
  return (
    <>
      <div className={classes.dim}>
        Trust domain · certificates live {formatDuration(overview.lifetimeMs)}
      </div>
      <div className={classes.domain}>spiffe://{overview.trustDomain}</div>
      {overview.authorities.map((authority) => (
        <div key={authority.serial} className={classes.authority}>
          {authority.kind === 'root' ? 'Root' : 'Intermediate'} expires{' '}
          <RelativeTime at={authority.notAfter} /> · SHA-256{' '}
          <MonoId
            id={colonHex(authority.fingerprint)}
            text={shortHex(authority.fingerprint)}
            label={`fingerprint of the ${authority.kind}`}
          />
        </div>
      ))}
    </>
  );
}
