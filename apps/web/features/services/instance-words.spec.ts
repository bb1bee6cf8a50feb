import { formatRelative } from '@tulle/mesh/format';
import { expect, test } from 'vitest';
import {
  type Instance,
  instanceWords,
  type Standing,
  standingOutlook,
  standingWords,
} from './instance-words.ts';

function instance(overrides: Partial<Instance> = {}): Instance {
  return {
    ...{ id: 'a', instance: 'orders-1', service: 'orders', version: 'v1', agentVersion: '0.1.0', host: 'vm' },
    ...{ address: '10.0.0.1:9001', connected: true, lastSeenAt: 0, startedAt: 0, localHealthy: true },
    ...{ config: { state: 'in-sync', revision: 4, reason: null }, draining: false, leftAt: null },
    ...{ rssBytes: 1, cpuPercent: 1, connections: 1, activeRequests: 1, revokedAt: null },
    ...overrides,
  };
}

function standing(caller: string, state: string, until: number | null = null): Standing {
  return { endpoint: 'orders-1', caller, agents: 1, state, reason: '', until };
}

const word = (of: Instance, ...standings: Standing[]) => instanceWords(of, standings).word;

test('its own agent is believed before its callers, and the worst of these before the others', () => {
  const ejected = standing('web', 'ejected');
  expect(word(instance())).toBe('serving');
  expect(word(instance({ revokedAt: 1, leftAt: 1 }), ejected)).toBe('revoked');
  expect(word(instance({ connected: false, leftAt: 1 }), ejected)).toBe('left');
  expect(word(instance({ draining: true }), ejected)).toBe('draining');
  expect(word(instance({ connected: false }), ejected)).toBe('disconnected');
  expect(word(instance({ localHealthy: false }), ejected)).toBe('unhealthy');
  const behind = instance({ config: { state: 'behind', revision: 3, reason: null } });
  expect(word(behind, standing('cart', 'probation'), ejected, standing('ads', 'new-state'))).toBe('ejected');
  expect(word(behind)).toBe('behind');
  const why = instanceWords(instance(), [
    ejected,
    standing('cart', 'ejected'),
    standing('ads', 'warming'),
  ]).why;
  expect(why).toBe('By web and cart: see below.');
});

test('says what comes when, as far as it is known', () => {
  const told = (state: string, until: number | null) =>
    standingOutlook(standing('web', state, until), (at) => formatRelative(at, 1_000), 1_000);
  expect(told('ejected', 5_000)).toBe('back on probation in 4\u2009s');
  expect(told('ejected', 1_000)).toBe('back on probation any moment');
  expect(told('unhealthy', null)).toBe('');
  expect(told('probation', null)).toBe('one request at a time');
  expect(standingWords('on-holiday')).toMatchObject({ word: 'on holiday', tone: 'quiet' });
});
