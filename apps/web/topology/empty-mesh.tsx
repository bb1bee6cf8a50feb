'use client';

import { Alert, Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { serviceNameSchema } from '@tulle/mesh/names';
import { joinCommand } from '@/features/join-tokens/join-command';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { CommandLine } from '@/ui/command-line';
import { EmptyState } from '@/ui/states';
import { RelativeTime } from '@/ui/time';
import classes from './empty-mesh.module.css';

/** Nothing runs in the mesh yet: the one command that puts the first service into it. */
export function EmptyMesh() {
  const trpc = useTRPC();
  const create = useMutation(trpc.joinTokens.create.mutationOptions());
  const form = useForm({
    initialValues: { service: 'orders' },
    validate: {
      service: (value) => {
        const checked = serviceNameSchema.safeParse(value.trim());
        return checked.success ? null : `Use ${checked.error.issues[0]?.message}`;
      },
    },
  });
  const service = form.values.service.trim();

  return (
    <div className={classes.empty}>
      <h1 className={classes.hidden}>Topology</h1>
      <EmptyState title="No services in this mesh yet">
        <p>
          Start a service through Tulle and it appears here with its traffic, its identity and its versions. A
          join token lets it in: it is good for one service, once, for 15 minutes.
        </p>
        <form className={classes.form} onSubmit={form.onSubmit(() => create.mutate({ service }))}>
          <TextInput label="Service" aria-label="Name of the service" {...form.getInputProps('service')} />
          <Button type="submit" variant="filled" loading={create.isPending}>
            {create.data ? 'Create another token' : 'Create a join token'}
          </Button>
        </form>
        {create.error && (
          <Alert color="bad" role="alert">
            {failureOf(create.error).message}
          </Alert>
        )}
        {create.data && (
          <div className={classes.command}>
            <p>Run this on the host of the service; put your own command after the two dashes.</p>
            <CommandLine
              text={joinCommand(create.data, create.variables?.service ?? service)}
              label="command"
            />
            <p>
              The token ends <RelativeTime at={create.data.expiresAt} /> and is shown only now.
            </p>
          </div>
        )}
      </EmptyState>
    </div>
  );
}
