'use client';

import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { CommandLine } from '@/ui/command-line';
import { DataTable } from '@/ui/data-table/data-table';
import { LinkButton } from '@/ui/link-button';
import { PageHeader } from '@/ui/page-header';
import { EmptyState } from '@/ui/states';
import { useRefresh } from '@/ui/use-view';
import { agentColumns } from './agent-columns';
import {
  agentState,
  agentStateLabels,
  agentStates,
  agentText,
  countByState,
  expectedCount,
} from './agent-words';
import classes from './agents-page.module.css';

const firstCommand = 'npx tulle run --service orders --service-version v1 --port 8080 -- ./orders';

/** Every agent: where it runs, when it was last seen, and whether it holds the newest configuration. */
export function AgentsPage() {
  const trpc = useTRPC();
  const agents = useQuery(trpc.agents.list.queryOptions(undefined, useRefresh()));
  const [state, setState] = useQueryState('state', parseAsStringLiteral(agentStates));
  const all = agents.data?.agents;
  const counts = useMemo(() => countByState(all ?? []), [all]);
  const shown = useMemo(
    () => (state === null ? all : all?.filter((agent) => agentState(agent) === state)),
    [all, state],
  );
  const columns = useMemo(() => agentColumns(agents.data?.revision ?? 0), [agents.data?.revision]);
  return (
    <>
      <PageHeader
        title="Agents"
        beside={
          agents.data && (
            <span className={classes.summary}>
              {counts['in-sync']} of {expectedCount(agents.data.agents)} in sync · revision{' '}
              {agents.data.revision}
            </span>
          )
        }
        actions={<LinkButton href={paths.joinTokens()}>Join tokens</LinkButton>}
      />
      <DataTable
        noun="agents"
        columns={columns}
        rows={shown}
        rowKey={(agent) => agent.id}
        rowHref={(agent) => paths.agent(agent.id)}
        searchText={agentText}
        defaultSort="state"
        error={agents.error}
        onRetry={() => void agents.refetch()}
        toolbar={
          <Select
            aria-label="State"
            placeholder="All states"
            data={agentStates.map((each) => ({
              value: each,
              label: `${agentStateLabels[each]} ${counts[each]}`,
            }))}
            value={state}
            onChange={(value) => void setState(agentStates.find((each) => each === value) ?? null)}
            clearable
            w={170}
          />
        }
        empty={
          state !== null ? (
            <EmptyState title={`No agent is ${agentStateLabels[state]}`} />
          ) : (
            <EmptyState title="No agents yet">
              <p>
                Each instance of a service has an agent beside it. With a join token in its environment, this
                starts both:
              </p>
              <CommandLine text={firstCommand} label="command" />
              <LinkButton href={paths.joinTokens()} variant="filled">
                Create a join token
              </LinkButton>
            </EmptyState>
          )
        }
      />
    </>
  );
}
