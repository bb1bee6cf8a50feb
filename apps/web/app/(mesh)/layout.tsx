import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { paths } from '@/paths';
import { askedPathHeader } from '@/trpc/asked-path';
import { failureOf } from '@/trpc/failure';
import { loopbackClient } from '@/trpc/loopback';
import { Prefetch } from '@/trpc/prefetch';
import { Shell } from '@/ui/shell/shell';

/** The pages of the mesh, for those who are signed in. */
export default async function MeshLayout({ children }: { children: ReactNode }) {
  await requirePerson();
  return (
    <Prefetch
      queries={(trpc) => [trpc.people.me.queryOptions(), trpc.rollouts.list.queryOptions({ active: true })]}
    >
      <Shell>{children}</Shell>
    </Prefetch>
  );
}

async function requirePerson(): Promise<void> {
  const client = await loopbackClient();
  try {
    await client.people.me.query();
  } catch (error) {
    // Without an answer nobody is turned away: the page says that the server does not answer.
    if (failureOf(error).status !== 401) return;
    const asked = (await headers()).get(askedPathHeader);
    redirect(paths.signIn(asked ?? undefined));
  }
}
