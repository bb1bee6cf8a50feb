import { expect, test } from 'vitest';
import { agentNotices } from './agent-notices.ts';

type Noticed = Parameters<typeof agentNotices>[0];

const agent: Noticed = {
  agentVersion: '0.2.0',
  connected: true,
  config: { state: 'in-sync', revision: 4, reason: null },
  localHealthy: true,
  draining: false,
  leftAt: null,
  revokedAt: null,
};
const titles = (one: Partial<Noticed>, others: readonly Noticed[] = [agent]) =>
  agentNotices({ ...agent, ...one }, [...others, { ...agent, ...one }], 7).map(({ title }) => title);

test('of an agent that does as it should nothing is said', () => {
  expect(titles({})).toEqual([]);
});

test('a refusal comes with its reason and the revision that serves meanwhile', () => {
  const config = { state: 'rejected', revision: 4, reason: 'no such port' } as const;
  expect(agentNotices({ ...agent, config }, [agent], 7)).toEqual([
    {
      tone: 'bad',
      title: 'It refused the newest configuration',
      text: 'It still serves revision 4; its reason: no such port',
    },
  ]);
});

test('who is offline is not also behind; who is gone is nothing else', () => {
  const behind = { config: { state: 'behind', revision: 4, reason: null } } as const;
  expect(titles(behind)).toEqual(['It does not have the newest configuration yet']);
  expect(titles({ ...behind, connected: false })).toEqual(['It has no connection to the API']);
  expect(titles({ ...behind, leftAt: 1 })).toEqual(['Left']);
  expect(titles({ localHealthy: false, revokedAt: 1 })).toEqual(['Revoked']);
});

test('another version than most is said, and not who is right when there is no most', () => {
  expect(titles({ agentVersion: '0.1.0' }, [agent, agent])).toEqual(['It runs version 0.1.0 of the agent']);
  expect(titles({ agentVersion: '0.1.0' }, [agent])).toEqual([]);
});
