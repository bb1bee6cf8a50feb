'use client';

import { Alert, Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { passwordSchema } from '@tulle/mesh/people';
import { useState } from 'react';
import { changePassword } from '@/features/sign-in/auth-client';
import { Card } from '@/ui/card';
import classes from './account.module.css';

/** Other sessions end with the old password: whoever knew it is out. */
export function PasswordForm() {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { present: '', next: '' },
    validate: {
      present: (value) => (value === '' ? 'Enter your present password' : null),
      next: (value) => {
        const parsed = passwordSchema.safeParse(value);
        return parsed.success ? null : `Use ${parsed.error.issues[0]?.message ?? 'another password'}`;
      },
    },
  });

  async function change({ present, next }: typeof form.values) {
    setBusy(true);
    const answer = await changePassword(present, next);
    setProblem(answer);
    setBusy(false);
    if (answer !== undefined) return;
    form.reset();
    notifications.show({ message: 'Your password is changed; your other sessions have ended' });
  }

  return (
    <Card title="Password">
      <form className={classes.form} onSubmit={form.onSubmit((values) => void change(values))} noValidate>
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          {...form.getInputProps('present')}
        />
        <PasswordInput
          label="New password"
          description="At least 10 characters. Your other sessions end."
          autoComplete="new-password"
          {...form.getInputProps('next')}
        />
        {problem && (
          <Alert color="bad" role="alert">
            {problem}
          </Alert>
        )}
        <div>
          <Button type="submit" loading={busy}>
            Change password
          </Button>
        </div>
      </form>
    </Card>
  );
}
