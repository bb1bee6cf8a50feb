'use client';

import { Alert, Autocomplete, Button, Modal, Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { serviceNameSchema } from '@tulle/mesh/names';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { CommandLine } from '@/ui/command-line';
import { RelativeTime } from '@/ui/time';
import { useWindow } from '@/ui/use-view';
import { joinCommand } from './join-command';
import classes from './join-tokens.module.css';

const lifetimes = [
  { value: '900000', label: '15 min' },
  { value: '3600000', label: '1 h' },
  { value: '28800000', label: '8 h' },
  { value: '86400000', label: '24 h' },
];

/** Asks for whom and for how long; then shows the token, this once, within the command that uses it. */
export function CreateTokenDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="New join token"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <CreateToken onClose={onClose} />
    </Modal>
  );
}

/** Mounted anew each time the dialog opens, so that no token stays on the screen or in memory. */
function CreateToken({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { windowMs } = useWindow();
  const services = useQuery(trpc.services.list.queryOptions({ windowMs }));
  const form = useForm({
    initialValues: { service: '', lifetimeMs: '900000' },
    validate: {
      service: (name) => {
        const parsed = serviceNameSchema.safeParse(name);
        return parsed.success ? null : `Use ${parsed.error.issues[0]?.message ?? 'another name'}.`;
      },
    },
  });
  const create = useMutation(
    trpc.joinTokens.create.mutationOptions({
      gcTime: 0,
      onSuccess: () => queryClient.invalidateQueries(trpc.joinTokens.pathFilter()),
    }),
  );

  if (create.data !== undefined) {
    return (
      <div className={classes.form}>
        <p>
          Run this on the host of {form.values.service}, with the start command of the service at its end. The
          token lets one instance in and expires <RelativeTime at={create.data.expiresAt} />. It is shown only
          here and only now.
        </p>
        <CommandLine text={joinCommand(create.data, form.values.service)} label="command" />
        <div className={classes.buttons}>
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form
      className={classes.form}
      onSubmit={form.onSubmit(({ service, lifetimeMs }) =>
        create.mutate({ service, lifetimeMs: Number(lifetimeMs) }),
      )}
    >
      <Autocomplete
        size="xs"
        label="Service"
        description="A service of the mesh, or the name of a new one."
        data={(services.data ?? []).map(({ service }) => service)}
        data-autofocus
        openOnFocus={false}
        limit={8}
        {...form.getInputProps('service')}
      />
      <Select label="Lifetime" data={lifetimes} allowDeselect={false} {...form.getInputProps('lifetimeMs')} />
      {create.error && (
        <Alert color="bad" role="alert">
          {failureOf(create.error).message}
        </Alert>
      )}
      <div className={classes.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={create.isPending}>
          Create token
        </Button>
      </div>
    </form>
  );
}
