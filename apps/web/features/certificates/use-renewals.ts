'use client';

import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { failureOf } from '@/trpc/failure';
import { shortHex } from './certificate-life';
import type { Certificate } from './revoke-words';

export interface Renewals {
  readonly renew: (row: Certificate) => void;
  /** Asked for, and the new certificate has not arrived yet. */
  readonly isPending: (agentId: string) => boolean;
}

interface Asked {
  /** Of the certificate to be replaced. */
  readonly serial: string;
  /** Nobody waits for it any more; should it come after all, that is still told. */
  readonly isLate: boolean;
}

/** How long an agent may take before somebody should look after it. */
const patienceMs = 20_000;

/** Asks agents to renew now, and tells when the new certificate has arrived. */
export function useRenewals(rows: readonly Certificate[] | undefined): Renewals {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<ReadonlyMap<string, Asked>>(new Map());
  const awaited = [...asked.values()].filter(({ isLate }) => !isLate).length;
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const { mutate } = useMutation(trpc.certificates.renew.mutationOptions());

  useEffect(() => {
    for (const [agentId, { serial }] of asked) {
      const row = rows?.find((each) => each.agentId === agentId);
      if (row === undefined || row.serial === serial) continue;
      notifications.show({
        message: `${row.instance} has a new certificate, serial ${shortHex(row.serial)}`,
      });
      settle(agentId);
    }
  });

  // The event that tells of a new certificate can be lost with its connection; asking again cannot. An answer on its
  // way is not asked for again, or a slow one would never arrive.
  useEffect(() => {
    if (awaited === 0) return;
    const filter = trpc.certificates.list.queryFilter();
    const asking = setInterval(
      () => void queryClient.invalidateQueries(filter, { cancelRefetch: false }),
      1_000,
    );
    return () => clearInterval(asking);
  }, [awaited, queryClient, trpc]);

  useEffect(() => {
    const pending = timers.current;
    return () => {
      for (const timer of pending.values()) clearTimeout(timer);
    };
  }, []);

  function settle(agentId: string) {
    clearTimeout(timers.current.get(agentId));
    timers.current.delete(agentId);
    setAsked((current) => new Map([...current].filter(([id]) => id !== agentId)));
  }

  function renew(row: Certificate) {
    const { agentId, serial } = row;
    setAsked((current) => new Map(current).set(agentId, { serial, isLate: false }));
    const giveUp = setTimeout(() => {
      notifications.show({
        color: 'warn',
        message: `${row.instance} was asked 20 s ago and has not answered. Until it does, its certificate stays as it was.`,
      });
      setAsked((current) => new Map(current).set(agentId, { serial, isLate: true }));
    }, patienceMs);
    timers.current.set(agentId, giveUp);
    mutate(
      { agentId },
      {
        onError: (error) => {
          notifications.show({ color: 'bad', message: failureOf(error).message });
          settle(agentId);
        },
      },
    );
  }

  return { renew, isPending: (agentId) => asked.get(agentId)?.isLate === false };
}
