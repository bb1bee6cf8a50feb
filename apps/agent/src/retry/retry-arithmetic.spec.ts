import type { Retries } from '@tulle/mesh/retries';
import { expect, it } from 'vitest';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { seededRandom } from '../specs/seeded-random.ts';
import { call, startService } from '../specs/services.ts';

/** The agent of a caller of `web`, where failing endpoints are not left out: only retries are at work. */
async function startCaller(service: number, retries: Partial<Retries>): Promise<number> {
  const policy = {
    retries: { on: ['server-error' as const], backoffBaseMs: 0, ...retries },
    outlierDetection: { consecutiveFailures: 0, successRateBelowPercent: 0 },
  };
  const { port } = await startOutbound([viewOf('web', [{ port: service }], { policy })]);
  return port;
}

async function statusesOf(port: number, requests: number, atOnce: number): Promise<number[]> {
  const statuses: number[] = [];
  const oneByOne = async () => {
    while (statuses.length < requests) statuses.push((await call(port)).status);
  };
  await Promise.all(Array.from({ length: atOnce }, oneByOne));
  return statuses;
}

it('three hops over a service that fails half of its calls agree with the closed form', async () => {
  const random = seededRandom(3);
  const retries = { attempts: 1, budgetPercent: 100, budgetMinPerSecond: 10_000 };
  let calls = 0;
  let port = await startService((_request, response) => {
    calls++;
    response.writeHead(random() < 0.5 ? 503 : 200).end();
  });
  port = await startCaller(port, retries);
  for (let hop = 0; hop < 2; hop++) {
    const next = port;
    const service = await startService(async (_request, response) => {
      response.writeHead((await call(next)).status).end();
    });
    port = await startCaller(service, retries);
  }
  // One after the other, so that each draw is for the same try on every run.
  const statuses = await statusesOf(port, 800, 1);
  const success = statuses.filter((status) => status === 200).length / statuses.length;
  // Two tries a hop: 1 - 0.5^8 succeed, with 1.5 * 1.25 * 1.0625 calls.
  expect(Math.abs(success - 0.9961)).toBeLessThan(0.01);
  expect(Math.abs(calls / statuses.length / 1.9922 - 1)).toBeLessThan(0.1);
});

it('a service that fails all of its calls gets no more than 1 + budget of them', async () => {
  let calls = 0;
  const service = await startService((_request, response) => {
    calls++;
    response.writeHead(503).end();
  });
  const port = await startCaller(service, { attempts: 10, budgetPercent: 20, budgetMinPerSecond: 0 });
  const { length } = await statusesOf(port, 500, 8);
  expect(calls).toBeLessThanOrEqual(length * 1.2);
  expect(calls).toBeGreaterThan(length * 1.15);
});
