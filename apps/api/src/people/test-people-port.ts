import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Database } from '@tulle/prisma/database';
import pino from 'pino';
import WebSocket from 'ws';
import type { Api } from '../api.ts';
import { createApiTokens } from '../api-tokens/create-api-tokens.ts';
import { createNotifications } from '../changes/notifications.ts';
import { createGuard } from '../http/guard.ts';
import { startHttpServer } from '../http/server.ts';
import type { LiveEvent } from '../live/view.ts';
import { createDepartures } from './departures.ts';
import { createDirectory } from './directory.ts';
import { createPeople, type People } from './people.ts';

export const ana = { name: 'Ana', email: 'ana@shop.example', password: 'a long enough password' };

export interface Answer<Data = unknown> {
  readonly status: number;
  readonly body: Data;
  /** What was set, as a request sends it. */
  readonly cookie: string;
}

/** How a caller is known: `{ cookie }` or `{ authorization }`; nothing for a stranger. */
export type Credentials = Readonly<Record<string, string>>;

export interface PeoplePort {
  readonly baseUrl: string;
  readonly port: number;
  readonly people: People;
  /** What open pages were told. */
  readonly events: readonly LiveEvent[];
  post<Data = Record<string, unknown>>(path: string, body: unknown, by?: Credentials): Promise<Answer<Data>>;
  ask(procedure: string, input?: unknown, by?: Credentials): Promise<Answer>;
  act(procedure: string, input: unknown, by: Credentials): Promise<Answer>;
  /** Ana, by the printed link. */
  firstAdmin(): Promise<Credentials>;
  /** Whoever the link is for, with this password. */
  enter(link: string, password: string): Promise<Answer<Record<string, unknown>>>;
  openSocket(by: Credentials): Promise<TestSocket>;
  close(): Promise<void>;
}

/** The people's port of one replica, with what of the API a spec needs. */
export async function startPeoplePort(
  database: Database,
  { api = {}, now = Date.now }: { api?: Partial<Api>; now?: () => number } = {},
): Promise<PeoplePort> {
  const logger = pino({ level: 'silent' });
  const events: LiveEvent[] = [];
  const notifications = createNotifications({ database, logger });
  const live = { publish: (event: LiveEvent) => void events.push(event) };
  const departures = await createDepartures({ database, notifications, live, logger });
  // Last, so that nobody has the time to take it.
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const guard = createGuard({ baseUrl, allowedHosts: [] });
  const shared = { database, baseUrl, departures, logger, now };
  const apiTokens = createApiTokens(shared);
  const people = createPeople({
    prisma: database.prisma,
    secret: 'a secret of the test, long enough to be one',
    trustedOrigins: guard.origins,
    ...{ baseUrl, apiTokens, departures, logger, now },
  });
  const server = await startHttpServer({
    host: '127.0.0.1',
    port,
    // Nothing asks for more than a spec gives.
    api: { people: createDirectory(shared), apiTokens, ...api } as Api,
    ...{ people, guard, logger },
    web: undefined,
    ready: async () => undefined,
    metrics: async () => '',
  });

  async function send<Data>(path: string, init: RequestInit): Promise<Answer<Data>> {
    const response = await fetch(`${baseUrl}${path}`, init);
    const cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    return { status: response.status, body: (await response.json()) as Data, cookie };
  }

  function post<Data>(path: string, body: unknown, by: Credentials = {}): Promise<Answer<Data>> {
    const headers = { 'content-type': 'application/json', origin: baseUrl, ...by };
    return send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async function ask(procedure: string, input?: unknown, by: Credentials = {}): Promise<Answer> {
    const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return unwrapped(await send(`/trpc/${procedure}${query}`, { headers: by }));
  }

  async function act(procedure: string, input: unknown, by: Credentials): Promise<Answer> {
    return unwrapped(await post(`/trpc/${procedure}`, input, by));
  }

  return {
    ...{ baseUrl, port, people, events, post, ask, act },

    async firstAdmin() {
      const made = await post('/api/auth/welcome', {
        token: tokenOf(await people.welcomeUrl()),
        account: ana,
      });
      return { cookie: made.cookie };
    },

    enter: (link, password) => post('/api/auth/password-link', { token: tokenOf(link), password }),

    async openSocket(by) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/trpc`, { headers: { origin: baseUrl, ...by } });
      await once(socket, 'open');
      return new TestSocket(socket);
    },

    async close() {
      await server.close();
      departures.stop();
      await notifications.stop();
    },
  };
}

export const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? '';

/** The guard must know its own address before the server listens. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The data of an answer, or the failure that it was. */
function unwrapped(answer: Answer): Answer {
  const body = answer.body as { result?: { data?: unknown }; error?: unknown };
  return { ...answer, body: body.result === undefined ? body.error : (body.result.data ?? null) };
}

/** A WebSocket that speaks tRPC: each call is answered by the next message of its number. */
export class TestSocket {
  readonly #socket: WebSocket;
  /** Resolves with the code that the server closed it with. */
  readonly closed: Promise<number>;
  #calls = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = once(socket, 'close').then(([code]) => code as number);
  }

  async call(method: 'query' | 'mutation' | 'subscription', path: string, input?: unknown): Promise<string> {
    const id = ++this.#calls;
    const { promise, resolve } = Promise.withResolvers<string>();
    const hear = (data: Buffer) => {
      const message = data.toString();
      if ((JSON.parse(message) as { id?: number }).id === id) resolve(message);
    };
    this.#socket.on('message', hear);
    this.#socket.send(JSON.stringify({ id, method, params: { path, input } }));
    return promise.finally(() => this.#socket.off('message', hear));
  }

  close(): void {
    this.#socket.close();
  }
}
