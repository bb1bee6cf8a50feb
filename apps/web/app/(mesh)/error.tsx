'use client';

import { Button } from '@mantine/core';
import { Page } from '@/ui/shell/page';
import { EmptyState } from '@/ui/states';

interface ErrorPageProps {
  readonly error: Error & { digest?: string };
  readonly reset: () => void;
}

/** What is left when a page itself fails; the rest of the dashboard stays usable. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <Page>
      <EmptyState title="This page failed">
        <p>{error.digest ? `The server's log has it under ${error.digest}.` : error.message}</p>
        <Button onClick={reset}>Try again</Button>
      </EmptyState>
    </Page>
  );
}
