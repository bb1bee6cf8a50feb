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

/** How long an agent may take before somebody should look after it. */
const patienceMs = 20_000;

/** Asks agents to renew now, and tells when the new certificate has arrived. */
export function useRenewals(rows: readonly Certificate[] | undefined): Renewals {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [serials, setSerials] = useState<ReadonlyMap<string, string>>(new Map());
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const { mutate } = useMutation(trpc.certificates.renew.mutationOptions());

  useEffect(() => {
    for (const [agentId, old] of serials) {
      const row = rows?.find((each) => each.agentId === agentId);
      if (row === undefined || row.serial === old) continue;
      notifications.show({
        message: `${row.instance} has a new certificate, serial ${shortHex(row.serial)}`,
      });
      settle(agentId);
    }
  });

  // The event that tells of a new certificate can be lost with its connection; asking again cannot. An answer on its
  // way is not asked for again, or a slow one would never arrive.
  useEffect(() => {
    if (serials.size === 0) return;
    const filter = trpc.certificates.list.queryFilter();
    const asking = setInterval(
      () => void queryClient.invalidateQueries(filter, { cancelRefetch: false }),
      1_000,
    );
    return () => clearInterval(asking);
  }, [serials.size, queryClient, trpc]);

  useEffect(() => {
    const pending = timers.current;
    return () => {
      for (const timer of pending.values()) clearTimeout(timer);
    };
  }, []);

  function settle(agentId: string) {
    clearTimeout(timers.current.get(agentId));
    timers.current.delete(agentId);
    setSerials((current) => new Map([...current].filter(([id]) => id !== agentId)));
  }

  function renew(row: Certificate) {
    setSerials((current) => new Map(current).set(row.agentId, row.serial));
    const giveUp = setTimeout(() => {
      notifications.show({
        color: 'warn',
        message: `${row.instance} was asked 20 s ago and has not answered. Its certificate stays as it was.`,
      });
      settle(row.agentId);
    }, patienceMs);
    timers.current.set(row.agentId, giveUp);
    mutate(
      { agentId: row.agentId },
      {
        onError: (error) => {
          notifications.show({ color: 'bad', message: failureOf(error).message });
          settle(row.agentId);
        },
      },
    );
  }

  return { renew, isPending: (agentId) => serials.has(agentId) };
}
