import { IconLockOpen } from '@tabler/icons-react';
import { StatusTag } from '@/ui/status-tag';

/** What is encrypted is plain text; what is not has an open lock. */
export function MutualTls({ state }: { state: 'all' | 'some' | 'none' | 'unknown' }) {
  if (state === 'all') return <StatusTag tone="plain">all</StatusTag>;
  if (state === 'unknown') return <StatusTag tone="plain">–</StatusTag>;
  return (
    <StatusTag tone="warn">
      <IconLockOpen size={14} stroke={1.6} aria-hidden="true" />
      {state === 'some' ? 'in part' : 'none'}
    </StatusTag>
  );
}
