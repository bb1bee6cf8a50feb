'use client';

import { Alert, Button, Loader, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { passwordSchema } from '@tulle/mesh/people';
import { useEffect, useState } from 'react';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import { type PasswordLinkState, passwordLinkState, setPassword } from './auth-client';
import { Entrance } from './entrance';

/** Where the link leads that an administrator hands over: into the mesh, with a password of one's own. */
export function SetPassword({ token }: { token: string }) {
  const [state, setState] = useState<PasswordLinkState | 'asking'>(token === '' ? 'spent' : 'asking');
  useEffect(() => {
    if (state === 'asking') void passwordLinkState(token).then(setState);
  }, [token, state]);

  if (state === 'spent') {
    return (
      <Entrance
        title="This link is spent"
        hint="It works once, within a day, until a newer one is made. Ask an administrator for another, or sign in."
      >
        <MeshLink href={paths.signIn()}>Sign in instead</MeshLink>
      </Entrance>
    );
  }
  if (state === 'unreachable') {
    return (
      <Entrance title="The server does not answer" hint="Check that it is running.">
        <Button onClick={() => setState('asking')}>Try again</Button>
      </Entrance>
    );
  }
  if (state === 'asking') {
    return (
      <Entrance title="One moment">
        <Loader aria-label="Checking the link" />
      </Entrance>
    );
  }
  return <PasswordForm token={token} {...state} />;
}

interface PasswordFormProps {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly isNew: boolean;
}

function PasswordForm({ token, name, email, isNew }: PasswordFormProps) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { password: '' },
    validate: {
      password: (value) => {
        const parsed = passwordSchema.safeParse(value);
        return parsed.success ? null : `Use ${parsed.error.issues[0]?.message ?? 'another password'}`;
      },
    },
  });

  async function enter({ password }: typeof form.values) {
    setBusy(true);
    const answer = await setPassword(token, password);
    // A full load: the dashboard's first paint is made for the person who has just come in.
    if (answer === undefined) return window.location.assign(paths.topology());
    setProblem(answer);
    setBusy(false);
  }

  return (
    <Entrance
      title={isNew ? `Welcome to Tulle, ${name}` : `A new password for ${name}`}
      hint={
        isNew
          ? 'Choose the password you sign in with.'
          : 'Wherever you are signed in now, you are signed out.'
      }
    >
      <form onSubmit={form.onSubmit((values) => void enter(values))} noValidate>
        <Stack gap="md">
          {/* Read-only rather than left out, so that password stores know whose password it is. */}
          <TextInput label="Email" type="email" autoComplete="username" size="sm" value={email} readOnly />
          <PasswordInput
            label="Password"
            description="At least 10 characters"
            autoComplete="new-password"
            size="sm"
            autoFocus
            {...form.getInputProps('password')}
          />
          {problem && (
            <Alert color="bad" role="alert">
              {problem}
            </Alert>
          )}
          <Button type="submit" variant="filled" size="sm" loading={busy} fullWidth>
            Open the mesh
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}
