'use client';

import { useQuery } from '@tanstack/react-query';
import { isAtLeast, type Role } from '@tulle/mesh/people';
import { useTRPC } from '@/trpc/client';

/** Why the person here may not do what needs a role, in words; null when they may. The API decides in any case. */
export function usePermission(): (needs: Role) => string | null {
  const trpc = useTRPC();
  const me = useQuery(trpc.people.me.queryOptions(undefined, { staleTime: 60_000 }));
  const role = me.data?.role;
  return (needs) =>
    role === undefined || isAtLeast(role, needs) ? null : `This needs the role ${needs}; yours is ${role}.`;
}
