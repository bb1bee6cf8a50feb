'use client';

import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import { Entrance } from './entrance';

const minPasswordLength = 8;

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
    const answer = await welcome({ token, ...values, name: values.name.trim(), email: values.email.trim() });
    if (answer === undefined) return window.location.assign(paths.topology());
    setProblem(answer);
    setBusy(false);
  }

  if (token === '') {
    return (
      <Entrance
        title="This link is not complete"
        hint="Copy the whole line that the server printed at its start."
      >
        <MeshLink href={paths.signIn()}>Sign in instead</MeshLink>
      </Entrance>
    );
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

/** undefined when it worked, otherwise what to tell the person. */
async function welcome(body: { token: string; name: string; email: string; password: string }) {
  try {
    const response = await fetch('/api/welcome', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return undefined;
    const answer = (await response.json()) as { error?: { message?: string } };
    return answer.error?.message ?? 'The server refused without a reason.';
  } catch {
    return 'The server does not answer. Check that it is running, then try again.';
  }
}
