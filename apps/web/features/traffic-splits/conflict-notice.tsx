'use client';

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Card } from '@/ui/card';
import { MeshLink } from '@/ui/mesh-link';
import { Quote } from '@/ui/quote';
import classes from './conflict-notice.module.css';
import { type SplitDraft, weightsInWords } from './split-draft';

/** Says who changed this split while it was edited here, and offers to go on from there with what was typed. */
export function ConflictNotice({
  service,
  draft,
  onTakeOver,
  onDiscard,
}: {
  service: string;
  draft: SplitDraft;
  onTakeOver: () => void;
  onDiscard: () => void;
}) {
  const trpc = useTRPC();
  const recent = useQuery(trpc.changes.list.queryOptions({ service, limit: 5 }));
  const newer = (recent.data?.changes ?? []).filter((change) => change.revision > draft.baseRevision);
  return (
    <div role="alert">
      <Card tone="warn" title="This split was changed while you were editing">
        <div className={classes.notice}>
          {newer.length > 0 && (
            <ul className={classes.list}>
              {newer.map((change) => (
                <li key={change.revision}>
                  <b>{change.author}</b>:{' '}
                  {change.entries
                    .filter((entry) => entry.service === service)
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
          <p className={classes.kept}>What you chose is kept: {weightsInWords(draft.weights)}.</p>
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
