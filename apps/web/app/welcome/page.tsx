import type { Metadata } from 'next';
import { WelcomeForm } from '@/features/sign-in/welcome-form';

export const metadata: Metadata = { title: 'Welcome', referrer: 'no-referrer' };

interface PageProps {
  readonly searchParams: Promise<{ token?: string | string[] }>;
}

export default async function WelcomePage({ searchParams }: PageProps) {
  const { token } = await searchParams;
  return <WelcomeForm token={typeof token === 'string' ? token : ''} />;
}
