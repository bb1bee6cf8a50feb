import type { Metadata } from 'next';
import { SetPassword } from '@/features/sign-in/set-password';

export const metadata: Metadata = { title: 'Set a password', referrer: 'no-referrer' };

interface PageProps {
  readonly searchParams: Promise<{ token?: string | string[] }>;
}

export default async function SetPasswordPage({ searchParams }: PageProps) {
  const { token } = await searchParams;
  return <SetPassword token={typeof token === 'string' ? token : ''} />;
}
