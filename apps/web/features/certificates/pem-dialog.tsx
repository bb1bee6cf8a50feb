'use client';

import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useTRPC } from '@/trpc/client';
import { CommandLine } from '@/ui/command-line';
import { Bone, ErrorState } from '@/ui/states';
import { shortHex } from './certificate-life';
import classes from './pem-dialog.module.css';

/** The certificate the URL names, to copy or to keep as a file. */
export function PemDialog() {
  const trpc = useTRPC();
  const [serial, setSerial] = useQueryState('pem', parseAsString);
  const pem = useQuery(
    trpc.certificates.pem.queryOptions(
      { serial: serial ?? '' },
      { enabled: serial !== null, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  return (
    <Modal
      opened={serial !== null}
      onClose={() => void setSerial(null)}
      title={`Certificate ${shortHex(serial ?? '')}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {pem.error && (
        <ErrorState error={pem.error} what="The certificate" onRetry={() => void pem.refetch()} />
      )}
      {pem.isPending && <Bone height={280} />}
      {pem.data && (
        <>
          <CommandLine text={pem.data.pem} label="PEM" />
          <div className={classes.buttons}>
            <Button onClick={() => saveAs(`${serial}.pem`, pem.data.pem)}>Download</Button>
          </div>
        </>
      )}
    </Modal>
  );
}

function saveAs(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-pem-file' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
