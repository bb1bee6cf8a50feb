import type { Metadata } from 'next';
import { ChangesPage } from '@/features/changes/changes-page';
import { Page } from '@/ui/shell/page';

export const metadata: Metadata = { title: 'Changes' };

export default function Changes() {
  return (
    <Page>
      <ChangesPage />
    </Page>
  );
}
