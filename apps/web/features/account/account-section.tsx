'use client';

import { useQuery } from '@tanstack/react-query';
import { roleChoices } from '@/features/people/people-words';
import { useTRPC } from '@/trpc/client';
import { Card } from '@/ui/card';
import classes from './account.module.css';
import { PasswordForm } from './password-form';
import { Sessions } from './sessions';

/** Who one is here, the password, and where one is signed in. */
export function AccountSection() {
  const trpc = useTRPC();
  const me = useQuery(trpc.people.me.queryOptions());
  const role = roleChoices.find(({ value }) => value === me.data?.role);
  return (
    <div className={classes.cards}>
      <div className={classes.columns}>
        <Card title="You">
          <dl className={classes.facts}>
            <dt>Name</dt>
            <dd>{me.data?.name}</dd>
            <dt>Email</dt>
            <dd>{me.data?.email}</dd>
            <dt>Role</dt>
            <dd>
              {role?.label} <span className={classes.dim}>{role?.description}</span>
            </dd>
          </dl>
          <p className={classes.hint}>Administrators give names, addresses and roles.</p>
        </Card>
        <PasswordForm />
      </div>
      <Sessions />
    </div>
  );
}
