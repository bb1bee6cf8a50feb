import type { Metadata } from 'next';
import { CertificatesPage } from '@/features/certificates/certificates-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';

export const metadata: Metadata = { title: 'Certificates' };

export default function Certificates() {
  return (
    <Prefetch
      queries={(trpc) => [trpc.certificates.overview.queryOptions(), trpc.certificates.list.queryOptions()]}
    >
      <Page>
        <CertificatesPage />
      </Page>
    </Prefetch>
  );
}
