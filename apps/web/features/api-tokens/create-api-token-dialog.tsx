'use client';

import { Alert, Button, Modal, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiTokenSchema, isAtLeast, type Role, roles } from '@tulle/mesh/people';
import { RoleSelect } from '@/features/people/role-select';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { CommandLine } from '@/ui/command-line';
import { RelativeTime } from '@/ui/time';
import classes from './api-tokens.module.css';

const lifetimes = [
  { value: '604800000', label: '7 days' },
  { value: '2592000000', label: '30 days' },
  { value: '7776000000', label: '90 days' },
  { value: '31536000000', label: '365 days' },
];

/** Asks for what and for how long; then shows the token, this once, within the commands that use it. */
export function CreateApiTokenDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="New API token"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <CreateApiToken onClose={onClose} />
    </Modal>
  );
}

/** Mounted anew each time the dialog opens, so that no token stays on the screen or in memory. */
function CreateApiToken({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useQuery(trpc.people.me.queryOptions());
  const form = useForm<{ name: string; role: Role; lifetimeMs: string }>({
    initialValues: { name: '', role: 'viewer', lifetimeMs: '7776000000' },
    validate: {
      name: (name) => {
        const parsed = apiTokenSchema.shape.name.safeParse(name);
        return parsed.success ? null : `Use ${parsed.error.issues[0]?.message ?? 'another name'}.`;
      },
    },
  });
  const create = useMutation(
    trpc.apiTokens.create.mutationOptions({
      gcTime: 0,
      onSuccess: () => queryClient.invalidateQueries(trpc.apiTokens.pathFilter()),
    }),
  );

  if (create.data !== undefined) {
    const { token, url, expiresAt } = create.data;
    return (
      <div className={classes.form}>
        <p>
          Whoever has it acts in your name, as {form.values.role}; it expires <RelativeTime at={expiresAt} />.
          It is shown only here and only now. For example:
        </p>
        <CommandLine
          text={`export TULLE_URL=${url}\nexport TULLE_TOKEN=${token}\nnpx tulle get`}
          label="command"
        />
        <div className={classes.buttons}>
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    );
  }
  const own = me.data?.role ?? 'viewer';
  return (
    <form
      className={classes.form}
      onSubmit={form.onSubmit(({ name, role, lifetimeMs }) =>
        create.mutate({ name, role, lifetimeMs: Number(lifetimeMs) }),
      )}
      noValidate
    >
      <TextInput
        label="Name"
        description={`What it is for, such as ci. Changes made with it show “${me.data?.name ?? 'you'} (token ${form.values.name || 'ci'})”.`}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <RoleSelect
        label="Role"
        description="At most your own. A token never changes people or tokens."
        choices={roles.filter((role) => isAtLeast(own, role))}
        value={form.values.role}
        onChange={(role) => form.setFieldValue('role', role)}
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
