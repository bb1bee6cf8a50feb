'use client';

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ResourceKind } from '@tulle/mesh/resource';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Card } from '@/ui/card';
import { MeshLink } from '@/ui/mesh-link';
import { Quote } from '@/ui/quote';
import classes from './conflict-notice.module.css';

/** Says who changed what is edited here meanwhile, and offers to go on from there with what was typed. */
export function ConflictNotice({
  what,
  service,
  kind,
  baseRevision,
  kept,
  onTakeOver,
  onDiscard,
}: {
  /** "This split", as a sentence begins with it. */
  what: string;
  service: string;
  kind: ResourceKind;
  /** What the edit was begun on. */
  baseRevision: number;
  /** What was typed, in words. */
  kept: string;
  onTakeOver: () => void;
  onDiscard: () => void;
}) {
  const trpc = useTRPC();
  const recent = useQuery(trpc.changes.list.queryOptions({ service, limit: 5 }));
  const newer = (recent.data?.changes ?? []).filter((change) => change.revision > baseRevision);
  return (
    <div role="alert">
      <Card tone="warn" title={`${what} was changed while you were editing`}>
        <div className={classes.notice}>
          {newer.length > 0 && (
            <ul className={classes.list}>
              {newer.map((change) => (
                <li key={change.revision}>
                  <b>{change.author}</b>:{' '}
                  {change.entries
                    .filter((entry) => entry.service === service && entry.kind === kind)
                    .flatMap((entry) => entry.fields.map((field) => field.sentence))
                    .join(', ')}
                  {change.reason !== '' && (
                    <>
                      {' '}
                      <Quote>{change.reason}</Quote>
                    </>
                  )}{' '}
                  <MeshLink href={paths.change(change.revision)}>revision {change.revision}</MeshLink>
                </li>
              ))}
            </ul>
          )}
          <p className={classes.kept}>What you chose is kept: {kept}.</p>
          <div className={classes.buttons}>
            <Button onClick={onTakeOver}>Keep mine, on top of theirs</Button>
            <Button variant="subtle" color="neutral" onClick={onDiscard}>
              Take theirs
            </Button>
          </div>
        </div>
      </Card>
    </div>
  );
}
