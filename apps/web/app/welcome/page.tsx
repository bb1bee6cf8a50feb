import type { Metadata } from 'next';
import { Welcome } from '@/features/sign-in/welcome';

export const metadata: Metadata = { title: 'Welcome', referrer: 'no-referrer' };

interface PageProps {
  readonly searchParams: Promise<{ token?: string | string[] }>;
}

export default async function WelcomePage({ searchParams }: PageProps) {
  const { token } = await searchParams;
  return <Welcome token={typeof token === 'string' ? token : ''} />;
}
