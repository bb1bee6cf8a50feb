'use client';

import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { paths } from '@/paths';
import { welcome } from './auth-client';
import { Entrance } from './entrance';

const minPasswordLength = 10;

/** The first person of a new mesh, let in by the link that the server printed. */
export function WelcomeForm({ token }: { token: string }) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: '', email: '', password: '' },
    validate: {
      name: (value) => (value.trim() === '' ? 'Say what colleagues call you' : null),
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : 'Enter your email address'),
      password: (value) =>
        value.length < minPasswordLength ? `Use at least ${minPasswordLength} characters` : null,
    },
  });

  async function enter(values: typeof form.values) {
    setBusy(true);
    setProblem(undefined);
    const { name, email, password } = values;
    const answer = await welcome(token, { name: name.trim(), email: email.trim(), password });
    if (answer === undefined) return window.location.assign(paths.topology());
    setProblem(answer);
    setBusy(false);
  }

  return (
    <Entrance
      title="Welcome to Tulle"
      hint="You are the first here. Choose how you sign in; you will be the administrator."
    >
      <form onSubmit={form.onSubmit((values) => void enter(values))} noValidate>
        <Stack gap="md">
          <TextInput label="Name" autoComplete="name" size="sm" autoFocus {...form.getInputProps('name')} />
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            size="sm"
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            description={`At least ${minPasswordLength} characters`}
            autoComplete="new-password"
            size="sm"
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
