/**
 * CPU of taking telemetry in: JSON text, checked, differences taken, ring and rollups written to PostgreSQL.
 *   npm run bench:telemetry -- [--agents 100] [--series 500] [--seconds 30]
 * A point is one series in one report. Time is simulated, so that the rate is bounded by the CPU alone.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createTelemetry } from '@tulle/api/telemetry/create-telemetry';
import { reportInputSchema, type SeriesCounters } from '@tulle/mesh/agent-protocol';
import { Histogram } from '@tulle/mesh/histogram';
import { openDatabase } from '@tulle/prisma/database';
import pino from 'pino';

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '100' },
    series: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '30' },
  },
});
const agents = Number(values.agents);
const seriesEach = Number(values.series);
const seconds = Number(values.seconds);
const services = 10;
const requestsEach = 20;
const targetPerSecond = 50_000;

const clock = { now: Date.now() };
const dataDir = await mkdtemp(path.join(os.tmpdir(), 'tulle-bench-'));
const database = await openDatabase({ dataDir });
try {
  const reporters = await makeReporters();
  const telemetry = await createTelemetry({
    database,
    logger: pino({ level: 'warn' }),
    now: () => clock.now,
    timers: false,
  });
  let cpuUs = 0;
  const databaseBefore = await databaseCpuMs();
  for (let second = 0; second < seconds; second++) {
    clock.now += 1_000;
    const texts = reporters.map((reporter) => ({ reporter, text: reporter.report(second) }));
    const before = process.cpuUsage();
    for (const { reporter, text } of texts) {
      await telemetry.ingest.report(reporter.identity, reportInputSchema.parse(JSON.parse(text)));
    }
    if (second % 10 === 9) await telemetry.flush();
    const { user, system } = process.cpuUsage(before);
    cpuUs += user + system;
  }
  const before = process.cpuUsage();
  await telemetry.stop();
  clock.now += 180_000;
  await telemetry.maintain();
  const { user, system } = process.cpuUsage(before);
  cpuUs += user + system;
  const databaseMs = (await databaseCpuMs()) - databaseBefore;
  await check(reporters.length * seriesEach * seconds * requestsEach);
  tell(telemetry.stats().points, cpuUs, databaseMs);
} finally {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function makeReporters() {
  const reporters = Array.from({ length: agents }, (_, index) => {
    const service = `service-${index % services}`;
    const histogram = new Histogram();
    const epoch = randomUUID();
    const identity = { id: randomUUID(), service, startedAt: clock.now };
    const report = (second: number): string => {
      for (let request = 0; request < requestsEach; request++) histogram.record(1 + Math.random() * 40);
      const latency = histogram.counts();
      const requests = requestsEach * (second + 1);
      const series = Array.from({ length: seriesEach }, (_, other): SeriesCounters => {
        const isOut = other % 2 === 0;
        return {
          side: isOut ? 'outbound' : 'inbound',
          source: isOut ? service : `caller-${other}`,
          destination: isOut ? `callee-${other}` : service,
          ...{
            version: 'v1',
            tls: true,
            requests,
            ok: requests,
            clientErrors: 0,
            serverErrors: 0,
            meshErrors: 0,
          },
          ...{
            meshErrorCodes: {},
            retries: 0,
            bytesSent: requests * 200,
            bytesReceived: requests * 2_000,
            latency,
          },
        };
      });
      return JSON.stringify({ epoch, seq: second, at: clock.now, series });
    };
    return { identity, report };
  });
  await database.prisma.agent.createMany({
    data: reporters.map(({ identity: { id, service } }) => ({ id, instance: id, service, version: 'v1' })),
  });
  return reporters;
}

/** Nothing is measured that is not counted right. */
async function check(expected: number): Promise<void> {
  const { rows } = await database.pool.query<{ sum: string }>('SELECT sum(ok) AS sum FROM telemetry_10s');
  if (Number(rows[0]?.sum) !== expected) throw new Error(`counted ${rows[0]?.sum} requests, not ${expected}`);
}

/** Of all processes of our PostgreSQL, from /proc; 0 where there is none. */
async function databaseCpuMs(): Promise<number> {
  const postmaster = (
    await readFile(path.join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').catch(() => '')
  ).split('\n')[0];
  const pids = await readdir('/proc').catch(() => []);
  let ticks = 0;
  for (const pid of pids.filter((name) => /^\d+$/.test(name))) {
    const stat =
      (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ')[1]?.split(' ') ?? [];
    if (pid === postmaster || stat[1] === postmaster) ticks += Number(stat[11]) + Number(stat[12]);
  }
  return ticks * 10;
}

function tell(points: number, cpuUs: number, databaseMs: number): void {
  const each = cpuUs / points;
  if (1e6 / each < targetPerSecond) process.exitCode = 1;
  console.log(`${agents} agents, ${seriesEach} series each, ${points} points, ${seconds} s of reports`);
  console.log(
    `API: ${each.toFixed(2)} µs of CPU per point, ${Math.round(1e6 / each)} points/s on one core (target ${targetPerSecond})`,
  );
  console.log(`PostgreSQL beside it: ${((databaseMs * 1_000) / points).toFixed(2)} µs of CPU per point`);
}
