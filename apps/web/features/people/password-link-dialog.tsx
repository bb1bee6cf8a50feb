'use client';

import { Alert, Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { PasswordLinkShown } from './password-link-shown';
import classes from './people.module.css';

type PersonRow = RouterOutputs['people']['list'][number];

interface PasswordLinkDialogProps {
  /** For whom; closed while null. */
  readonly person: PersonRow | null;
  readonly onClose: () => void;
}

/** A new link, for who forgot the password or lost the invitation. */
export function PasswordLinkDialog({ person, onClose }: PasswordLinkDialogProps) {
  return (
    <Modal
      opened={person !== null}
      onClose={onClose}
      title={`New link for ${person?.name ?? ''}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {person !== null && <NewLink person={person} onClose={onClose} />}
    </Modal>
  );
}

function NewLink({ person, onClose }: { person: PersonRow; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const make = useMutation(
    trpc.people.passwordLink.mutationOptions({
      gcTime: 0,
      onSuccess: () => queryClient.invalidateQueries(trpc.people.pathFilter()),
    }),
  );
  if (make.data !== undefined)
    return <PasswordLinkShown link={make.data} name={person.name} onDone={onClose} />;
  return (
    <div className={classes.form}>
      <p>
        {person.state === 'invited'
          ? `With it ${person.name} sets a password and is signed in. A former invitation ends.`
          : `With it ${person.name} sets another password, and is signed out wherever they are signed in. Until then the present one stays good.`}
      </p>
      {make.error && (
        <Alert color="bad" role="alert">
          {failureOf(make.error).message}
        </Alert>
      )}
      <div className={classes.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" loading={make.isPending} onClick={() => make.mutate({ id: person.id })}>
          Make the link
        </Button>
      </div>
    </div>
  );
}
