'use client';

import { useQuery } from '@tanstack/react-query';
import { changeSentence } from '@/features/changes/change-words';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Card } from '@/ui/card';
import { MeshLink } from '@/ui/mesh-link';
import { Quote } from '@/ui/quote';
import { Bone, EmptyState, ErrorState } from '@/ui/states';
import { RelativeTime } from '@/ui/time';
import classes from './service-detail.module.css';

/** The newest changes that concern this service. */
export function ServiceChanges({ service }: { service: string }) {
  const trpc = useTRPC();
  const changes = useQuery(trpc.changes.list.queryOptions({ service, limit: 10 }));
  if (changes.data === undefined) {
    return (
      <Card>
        {changes.error ? (
          <ErrorState error={changes.error} what="The changes" onRetry={() => void changes.refetch()} />
        ) : (
          <Bone height={38} />
        )}
      </Card>
    );
  }
  if (changes.data.changes.length === 0) {
    return (
      <Card>
        <EmptyState title="Nobody has changed this service yet" />
      </Card>
    );
  }
  return (
    <Card flush>
      <ul className={classes.changes}>
        {changes.data.changes.map((change) => {
          const { revision, at, author, reason, acks } = change;
          return (
            <li key={revision}>
              <MeshLink href={paths.change(revision)}>r{revision}</MeshLink>
              <span className={classes.what}>
                {changeSentence({
                  ...change,
                  entries: change.entries.filter((entry) => entry.service === service),
                })}
                {reason && (
                  <span className={classes.reason}>
                    <Quote>{reason}</Quote>
                  </span>
                )}
              </span>
              <span className={classes.who}>{author}</span>
              <span className={classes.acks}>
                {acks.agents === 0 ? 'no agents' : `${acks.acked} of ${acks.agents} agents`}
              </span>
              <span className={classes.when}>
                <RelativeTime at={at} />
              </span>
            </li>
          );
        })}
      </ul>
      {changes.data.next !== null && (
        <p className={classes.more}>
          <MeshLink href={paths.serviceChanges(service)}>All changes of {service}</MeshLink>
        </p>
      )}
    </Card>
  );
}
