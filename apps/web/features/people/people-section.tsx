'use client';

import { useQuery } from '@tanstack/react-query';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { BlockableButton } from '@/ui/blockable-button';
import { DataTable } from '@/ui/data-table/data-table';
import { EmptyState } from '@/ui/states';
import { usePermission } from '@/ui/use-permission';
import { InviteDialog } from './invite-dialog';
import { PasswordLinkDialog } from './password-link-dialog';
import { type PersonRow, personColumns } from './person-columns';
import { RemoveDialog } from './remove-dialog';
import { type RoleChange, RoleDialog } from './role-dialog';

/** Who may sign in, and as what; administrators change it, the others see it. */
export function PeopleSection() {
  const trpc = useTRPC();
  const permission = usePermission();
  const me = useQuery(trpc.people.me.queryOptions());
  const people = useQuery(trpc.people.list.queryOptions());
  const [inviting, setInviting] = useQueryState('invite', parseAsBoolean.withDefault(false));
  const [linking, setLinking] = useState<PersonRow | null>(null);
  const [removing, setRemoving] = useState<PersonRow | null>(null);
  const [change, setChange] = useState<RoleChange | null>(null);

  const blocked = permission('admin');
  const admins = (people.data ?? []).filter(
    ({ role, state }) => role === 'admin' && state === 'active',
  ).length;
  const actions = {
    admins,
    onRole: (person: PersonRow, role: RoleChange['role']) => setChange({ person, role }),
    onLink: setLinking,
    onRemove: setRemoving,
  };
  return (
    <>
      <DataTable
        noun="people"
        columns={personColumns(me.data?.id, blocked === null ? actions : undefined)}
        rows={people.data}
        rowKey={({ id }) => id}
        searchText={({ name, email, role, state }) => `${name} ${email} ${role} ${state}`}
        defaultSort="name"
        error={people.error}
        onRetry={() => void people.refetch()}
        empty={<EmptyState title="Nobody yet" />}
        toolbar={
          <BlockableButton variant="filled" blocked={blocked} onClick={() => void setInviting(true)}>
            Invite a person
          </BlockableButton>
        }
      />
      <InviteDialog opened={inviting && blocked === null} onClose={() => void setInviting(null)} />
      <PasswordLinkDialog person={linking} onClose={() => setLinking(null)} />
      <RemoveDialog person={removing} onClose={() => setRemoving(null)} />
      <RoleDialog change={change} onClose={() => setChange(null)} />
    </>
  );
}
