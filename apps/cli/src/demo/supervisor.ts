import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { isValidAt } from '@tulle/agent/identity/identity';
import { IdentityStore } from '@tulle/agent/identity/identity-store';
import { manifests, type Part, shop } from '@tulle/example-shop/shop';
import type { Logger } from 'pino';
import type { ApiClient } from '../api-client.ts';
import { CommandFailure } from '../failure.ts';
import { cloneDirectory } from '../server/clone.ts';
import { freeRun } from './free-run.ts';
import { anyMissing, applyMissing } from './manifests.ts';
import { startPart } from './part-process.ts';
import { type DemoAction, type PartStatus, SupervisedPart } from './supervised-part.ts';

const shopDirectory = path.join(cloneDirectory, 'examples/shop');
const tokenLifetimeMs = 300_000;
/** Each part is two processes that start; more at once only wait for each other. */
const startedAtOnce = 4;
const graceMs = 2_500;
const joinTimeoutMs = 60_000;

export interface DemoOptions {
  readonly api: ApiClient;
  readonly agentsUrl: string;
  readonly dataDir: string;
  readonly firstPort: number;
  readonly logger: Logger;
}

export interface Demo {
  status(): readonly PartStatus[];
  /** `part` is a part's name, or `all`. */
  act(action: DemoAction, part: string): Promise<readonly PartStatus[]>;
  /** Resolves when every part has joined and the splits are as they should start. */
  readonly settled: Promise<void>;
  stop(): Promise<void>;
}

/** Runs the shop: every part as `tulle run` of its own, callers after those whom they call. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { api, logger } = options;
  await applyMissing(api, path.join(shopDirectory, manifests.services), 'the demo starts');
  const firstPort = await freeRun(options.firstPort, (from) =>
    portsOf(shop({ folder: shopDirectory, firstPort: from })),
  );
  const parts = shop({ folder: shopDirectory, firstPort }).map(
    (part) => new SupervisedPart(part, () => launch(part, options), logger),
  );
  const stopping = new AbortController();
  const settled = settle(parts, api, stopping.signal);

  return {
    settled,
    status: () => parts.map(({ status }) => status),
    async act(action, name) {
      const chosen = name === 'all' ? parts : parts.filter(({ part }) => part.name === name);
      if (chosen.length === 0) {
        const names = parts.map(({ part }) => part.name).join(', ');
        throw new CommandFailure(`The demo has no part ${name}; its parts are ${names}.`);
      }
      // Of all parts those that can; a part that was named says that it cannot.
      const able = name === 'all' ? chosen.filter((part) => part.can(action)) : chosen;
      await Promise.all(able.map((part) => perform(action, part)));
      return chosen.map(({ status }) => status);
    },
    async stop() {
      stopping.abort();
      // Callers first: nobody then finds a service gone.
      for (const some of [callersOf(parts), servicesOf(parts)])
        await Promise.all(some.map((part) => part.stop(graceMs)));
    },
  };
}

async function perform(action: DemoAction, part: SupervisedPart): Promise<void> {
  switch (action) {
    case 'break':
      return part.setBroken(true);
    case 'heal':
      return part.setBroken(false);
    case 'start':
      return part.start();
    case 'stop':
      return part.stop(graceMs);
  }
}

function portsOf(parts: readonly Part[]): number[] {
  return parts.flatMap(({ port, faultPort }) => [port, faultPort]).filter((port) => port !== undefined);
}

/** Services first; those who only call come when traffic goes where it should, so that no new version gets any by chance. */
async function settle(parts: readonly SupervisedPart[], api: ApiClient, signal: AbortSignal): Promise<void> {
  const splits = path.join(shopDirectory, manifests.splits);
  const services = servicesOf(parts);
  await startAll(services, signal);
  if (await anyMissing(api, splits)) {
    // A split names versions, which are known once an instance of each has joined.
    await untilJoined(services, api, signal);
    if (!signal.aborted) await applyMissing(api, splits, 'the demo starts');
  }
  await startAll(callersOf(parts), signal);
}

function servicesOf(parts: readonly SupervisedPart[]): SupervisedPart[] {
  return parts.filter(({ part }) => part.port !== undefined);
}

/** Parts that nobody calls. */
function callersOf(parts: readonly SupervisedPart[]): SupervisedPart[] {
  return parts.filter(({ part }) => part.port === undefined);
}

async function startAll(parts: readonly SupervisedPart[], signal: AbortSignal): Promise<void> {
  const waiting = [...parts];
  const startNext = async () => {
    for (let part = waiting.shift(); part !== undefined && !signal.aborted; part = waiting.shift())
      await part.start();
  };
  await Promise.all(Array.from({ length: startedAtOnce }, startNext));
}

async function untilJoined(
  parts: readonly SupervisedPart[],
  api: ApiClient,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + joinTimeoutMs;
  while (!signal.aborted && Date.now() < deadline) {
    const { agents } = await api.agents.list.query();
    const connected = new Set(agents.filter((agent) => agent.connected).map((agent) => agent.instance));
    if (parts.every(({ part }) => connected.has(part.name))) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function launch(part: Part, { api, agentsUrl, dataDir, logger }: DemoOptions) {
  const agentDir = path.join(dataDir, 'agents', part.name);
  const logDir = path.join(dataDir, 'demo');
  mkdirSync(agentDir, { recursive: true, mode: 0o700 });
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const identity = new IdentityStore(agentDir, part.name, logger).load();
  const holdsCertificate = identity !== undefined && isValidAt(identity, Date.now());
  const token = holdsCertificate
    ? undefined
    : (await api.joinTokens.create.mutate({ service: part.service, lifetimeMs: tokenLifetimeMs })).token;
  const logFile = path.join(logDir, `${part.name}.log`);
  return startPart({ part, agentsUrl, dataDir: agentDir, logFile, token });
}
