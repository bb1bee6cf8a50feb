'use client';

import { useQuery } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { useTRPC } from '@/trpc/client';

type Role = NonNullable<RouterOutputs['people']['me']>['role'];

/** Each may do what those before it may. */
const ranks: readonly Role[] = ['viewer', 'editor', 'approver', 'admin'];

/** Why the person here may not do what needs a role, in words; null when they may. The API decides in any case. */
export function usePermission(): (needs: Role) => string | null {
  const trpc = useTRPC();
  const me = useQuery(trpc.people.me.queryOptions(undefined, { staleTime: 60_000 }));
  const role = me.data?.role;
  return (needs) =>
    role === undefined || ranks.indexOf(role) >= ranks.indexOf(needs)
      ? null
      : `This needs the role ${needs}; yours is ${role}.`;
}
