'use client';

import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import { useMounted } from '@/ui/clock';
import { signIn } from './auth-client';
import { Entrance } from './entrance';

export function SignInForm({ next }: { next: string }) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.includes('@') ? null : 'Enter your email address'),
      password: (value) => (value === '' ? 'Enter your password' : null),
    },
  });

  const listens = useMounted();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once; what was typed, or filled in, before it could be heard
  useEffect(() => {
    for (const field of ['email', 'password'] as const) {
      const typed = form.getInputNode(field);
      if (typed instanceof HTMLInputElement && typed.value !== '') form.setFieldValue(field, typed.value);
    }
  }, []);

  async function enter({ email, password }: typeof form.values) {
    setBusy(true);
    setProblem(undefined);
    const answer = await signIn(email.trim(), password);
    // A full load: the dashboard's first paint is made for the person who has just come in.
    if (answer === undefined) return window.location.assign(next);
    setProblem(answer);
    setBusy(false);
  }

  return (
    <Entrance title="Sign in to Tulle">
      <form onSubmit={form.onSubmit((values) => void enter(values))} noValidate>
        <Stack gap="md">
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            size="sm"
            autoFocus
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            size="sm"
            {...form.getInputProps('password')}
          />
          {problem && (
            <Alert color="bad" role="alert">
              {problem}
            </Alert>
          )}
          {/* Sent by the browser itself, the form would only come back empty. */}
          <Button type={listens ? 'submit' : 'button'} variant="filled" size="sm" loading={busy} fullWidth>
            Sign in
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}
