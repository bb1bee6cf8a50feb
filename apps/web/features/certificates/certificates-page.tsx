'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';
import { PageHeader } from '@/ui/page-header';
import { useRefresh } from '@/ui/use-view';
import { AuthorityCards } from './authority-cards';
import { CertificateTable } from './certificate-table';
import { PemDialog } from './pem-dialog';
import { RevokeDialog } from './revoke-dialog';
import { useRenewals } from './use-renewals';

/** Who vouches for whom in the mesh, and until when. */
export function CertificatesPage() {
  const trpc = useTRPC();
  const refresh = useRefresh(10_000);
  const overview = useQuery(trpc.certificates.overview.queryOptions(undefined, refresh));
  const certificates = useQuery(trpc.certificates.list.queryOptions(undefined, refresh));
  const renewals = useRenewals(certificates.data);
  return (
    <>
      <PageHeader title="Certificates" />
      <AuthorityCards
        overview={overview.data}
        error={overview.error}
        onRetry={() => void overview.refetch()}
      />
      <CertificateTable
        rows={certificates.data}
        error={certificates.error}
        onRetry={() => void certificates.refetch()}
        renewals={renewals}
      />
      <PemDialog />
      <RevokeDialog rows={certificates.data ?? []} />
    </>
  );
}
