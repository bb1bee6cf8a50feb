'use client';

import { createAuthClient } from 'better-auth/react';

const client = createAuthClient();

/** Rejects nothing: the answer is a sentence to show, or undefined when signed in. */
export async function signIn(email: string, password: string): Promise<string | undefined> {
  const { error } = await client.signIn.email({ email, password });
  if (error === null) return undefined;
  if (error.status === 401) return 'This email and password do not match.';
  if (error.status === 429) return 'Too many attempts. Wait a minute, then try again.';
  return error.message ?? 'The server does not answer. Try again in a moment.';
}

export async function signOut(): Promise<void> {
  await client.signOut();
}

export interface FirstAccount {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** What the server's one-time link is good for; `spent` when it was used or is too old. */
export async function welcomeState(
  token: string,
): Promise<'first-admin' | 'known-admin' | 'spent' | 'unreachable'> {
  const { data, error } = await client.$fetch<{ valid: boolean; firstAdmin: boolean }>('/welcome/state', {
    method: 'POST',
    body: { token },
  });
  if (error !== null) return 'unreachable';
  if (!data.valid) return 'spent';
  return data.firstAdmin ? 'first-admin' : 'known-admin';
}

/** Spends the link. The answer is a sentence to show, or undefined when signed in. */
export async function welcome(token: string, account?: FirstAccount): Promise<string | undefined> {
  const { error } = await client.$fetch('/welcome', { method: 'POST', body: { token, account } });
  return error === null ? undefined : (error.message ?? 'The server does not answer. Try again in a moment.');
}

export type PasswordLinkState =
  | { readonly name: string; readonly email: string; readonly isNew: boolean }
  | 'spent'
  | 'unreachable';

/** Whose the link is that an administrator handed over; `spent` when it was used, replaced or is too old. */
export async function passwordLinkState(token: string): Promise<PasswordLinkState> {
  const { data, error } = await client.$fetch<
    { valid: false } | { valid: true; name: string; email: string; isNew: boolean }
  >('/password-link/state', { method: 'POST', body: { token } });
  if (error !== null) return 'unreachable';
  return data.valid ? data : 'spent';
}

/** Spends the link. The answer is a sentence to show, or undefined when signed in. */
export async function setPassword(token: string, password: string): Promise<string | undefined> {
  const { error } = await client.$fetch('/password-link', { method: 'POST', body: { token, password } });
  return error === null ? undefined : (error.message ?? 'The server does not answer. Try again in a moment.');
}

/** Ends one's other sessions. The answer is a sentence to show, or undefined when it is changed. */
export async function changePassword(present: string, next: string): Promise<string | undefined> {
  const { error } = await client.changePassword({
    currentPassword: present,
    newPassword: next,
    revokeOtherSessions: true,
  });
  if (error === null) return undefined;
  if (error.code === 'INVALID_PASSWORD') return 'This is not your present password.';
  if (error.status === 429) return 'Too many attempts. Wait a minute, then try again.';
  return error.message ?? 'The server does not answer. Try again in a moment.';
}
