'use client';

import { Alert, Button, Modal, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { emailSchema, type Invitation, personNameSchema } from '@tulle/mesh/people';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { PasswordLinkShown } from './password-link-shown';
import classes from './people.module.css';
import { RoleSelect } from './role-select';

/** Asks whom and as what; then shows the link, this once. */
export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Invite a person"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Invite onClose={onClose} />
    </Modal>
  );
}

/** Mounted anew each time the dialog opens, so that no link stays on the screen or in memory. */
function Invite({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const initialValues: Invitation = { name: '', email: '', role: 'viewer' };
  const form = useForm({
    initialValues,
    validate: {
      name: (name) => (personNameSchema.safeParse(name).success ? null : 'Say what colleagues call them'),
      email: (email) => (emailSchema.safeParse(email).success ? null : 'Enter their email address'),
    },
  });
  const invite = useMutation(
    trpc.people.invite.mutationOptions({
      gcTime: 0,
      onSuccess: () => queryClient.invalidateQueries(trpc.people.pathFilter()),
    }),
  );

  if (invite.data !== undefined)
    return <PasswordLinkShown link={invite.data} name={form.values.name} onDone={onClose} />;
  return (
    <form className={classes.form} onSubmit={form.onSubmit((values) => invite.mutate(values))} noValidate>
      <TextInput
        label="Name"
        description="As changes and approvals show it."
        data-autofocus
        {...form.getInputProps('name')}
      />
      <TextInput
        label="Email"
        description="To sign in with; nothing is sent there."
        type="email"
        {...form.getInputProps('email')}
      />
      <RoleSelect
        label="Role"
        value={form.values.role}
        onChange={(role) => form.setFieldValue('role', role)}
      />
      {invite.error && (
        <Alert color="bad" role="alert">
          {failureOf(invite.error).message}
        </Alert>
      )}
      <div className={classes.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={invite.isPending}>
          Make the link
        </Button>
      </div>
    </form>
  );
}
