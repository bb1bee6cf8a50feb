import type { Metadata } from 'next';
import { SignInForm } from '@/features/sign-in/sign-in-form';
import { returnPath } from '@/paths';

export const metadata: Metadata = { title: 'Sign in' };

interface PageProps {
  readonly searchParams: Promise<{ next?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: PageProps) {
  const { next } = await searchParams;
  return <SignInForm next={returnPath(typeof next === 'string' ? next : undefined)} />;
}
