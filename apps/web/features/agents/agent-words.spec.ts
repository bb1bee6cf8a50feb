import { describe, expect, it } from 'vitest';
import { type Agent, agentState, agentText, countByState, expectedCount } from './agent-words.ts';

const agent: Agent = {
  id: '1',
  instance: 'orders-v1-7f3a',
  service: 'orders',
  version: 'v1',
  agentVersion: '0.1.0',
  host: 'web-3',
  address: '10.0.0.3:7001',
  connected: true,
  lastSeenAt: 0,
  startedAt: 0,
  config: { state: 'in-sync', revision: 4, reason: null },
  localHealthy: true,
  draining: false,
  leftAt: null,
  rssBytes: null,
  cpuPercent: null,
  connections: null,
  activeRequests: null,
  revokedAt: null,
};

describe('the state of an agent', () => {
  it('says the most pressing thing', () => {
    expect(agentState(agent)).toBe('in-sync');
    expect(agentState({ ...agent, localHealthy: false })).toBe('unhealthy');
    expect(agentState({ ...agent, connected: false })).toBe('offline');
    const rejected = { state: 'rejected', revision: 3, reason: 'bad regex' } as const;
    expect(agentState({ ...agent, connected: false, config: rejected })).toBe('rejected');
    expect(agentState({ ...agent, config: rejected, revokedAt: 5 })).toBe('revoked');
    expect(agentState({ ...agent, draining: true })).toBe('draining');
    expect(agentState({ ...agent, connected: false, leftAt: 5, config: rejected })).toBe('left');
  });

  it('counts', () => {
    const lost = { ...agent, connected: false };
    expect(countByState([agent, lost])).toMatchObject({ 'in-sync': 1, offline: 1, left: 0 });
    const gone = [
      { ...lost, leftAt: 5 },
      { ...lost, revokedAt: 5 },
    ];
    expect(expectedCount([agent, lost, ...gone])).toBe(2);
  });
});

it('is found by its state as well as by its names', () => {
  expect(agentText(agent)).toBe('orders-v1-7f3a orders v1 web-3 10.0.0.3:7001 in sync');
});
