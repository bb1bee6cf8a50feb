'use client';

import { createAuthClient } from 'better-auth/react';

const client = createAuthClient();

/** Rejects nothing: the answer is a sentence to show, or undefined when signed in. */
export async function signIn(email: string, password: string): Promise<string | undefined> {
  const { error } = await client.signIn.email({ email, password });
  if (error === null) return undefined;
  if (error.status === 401) return 'This email and password do not belong together.';
  if (error.status === 429) return 'Too many attempts. Wait a minute, then try again.';
  return error.message ?? 'The server does not answer. Try again in a moment.';
}

export async function signOut(): Promise<void> {
  await client.signOut();
}
