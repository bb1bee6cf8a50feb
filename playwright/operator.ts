import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@playwright/test';
import { demoDataDir } from './start-demo.ts';

interface RolloutSpec {
  readonly service: string;
  readonly stable: string;
  readonly candidate: string;
  readonly steps: readonly object[];
  readonly reason: string;
  readonly freezeWindows?: readonly object[];
}

/** Sets the stage of a journey as the command line of this machine does: as the operator, whom no page shows as Ana. */
export class Operator {
  /** Declares a split that is not sticky and gives its revision; the present one when it was declared like this already. */
  async setSplit(service: string, weights: Readonly<Record<string, number>>, reason = ''): Promise<number> {
    await this.endRollouts(service);
    const { revision } = await ask<{ revision: number }>('trafficSplits.get', { service, windowMs: 60_000 });
    const result = await act<{ revision: number }>('trafficSplits.update', {
      service,
      baseRevision: revision,
      weights: Object.entries(weights).map(([version, weight]) => ({ version, weight })),
      sticky: null,
      reason,
    });
    return result.revision;
  }

  async startRollout(spec: RolloutSpec): Promise<string> {
    return (await act<{ id: string }>('rollouts.create', spec)).id;
  }

  /** Aborts what runs, and waits until traffic is back on stable. */
  async endRollouts(service: string): Promise<void> {
    const running = () => ask<{ id: string; phase: string }[]>('rollouts.list', { service, active: true });
    for (const { id, phase } of await running()) {
      if (phase !== 'aborting') await act('rollouts.abort', { id, comment: 'the stage is set anew' });
    }
    await expect.poll(running, { message: `no rollout of ${service} is left` }).toEqual([]);
  }

  /** As `tulle apply`. */
  async apply(yaml: string): Promise<void> {
    await act('resources.applyYaml', { yaml });
  }

  /** Whatever of these kinds is declared for a service. */
  async remove(
    service: string,
    ...kinds: readonly ('Route' | 'Policy' | 'TrafficSplit' | 'AccessRule')[]
  ): Promise<void> {
    for (const kind of kinds) await act('resources.delete', { kind, service });
  }

  /** As an administrator does; nothing when there is nobody with this address. */
  async removePerson(email: string): Promise<void> {
    const people = await ask<{ id: string; email: string }[]>('people.list');
    const person = people.find((each) => each.email === email);
    if (person !== undefined) await act('people.remove', { id: person.id });
  }

  /** A person who has not come yet. */
  async invite(name: string, email: string, role: string): Promise<void> {
    await act('people.invite', { name, email, role });
  }

  async createJoinToken(service: string): Promise<void> {
    await act('joinTokens.create', { service, lifetimeMs: 900_000 });
  }
}

function ask<Answer>(procedure: string, input?: object): Promise<Answer> {
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return send(`${procedure}${query}`, {});
}

function act<Answer>(procedure: string, input: object): Promise<Answer> {
  return send(procedure, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
}

async function send<Answer>(target: string, init: RequestInit): Promise<Answer> {
  const file = readFileSync(path.join(demoDataDir(), 'operator.json'), 'utf8');
  const { url, token }: { url: string; token: string } = JSON.parse(file);
  const headers = { ...init.headers, authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/trpc/${target}`, { ...init, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${target} was answered with ${response.status}: ${text}`);
  return JSON.parse(text).result.data;
}
