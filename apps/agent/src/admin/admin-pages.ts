import type { AdminSource } from './admin-source.ts';
import type { AgentStatus } from './agent-status.ts';
import { prometheusText } from './prometheus-text.ts';

export interface AdminAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface AdminRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly host: string | undefined;
  /** That of a page in a browser, which says so whenever it asks for more than to read. */
  readonly origin: string | undefined;
}

const json = 'application/json; charset=utf-8';
const prometheus = 'text/plain; version=0.0.4; charset=utf-8';

type Page = (source: AdminSource) => AdminAnswer | Promise<AdminAnswer>;

const pages = new Map<string, Page>([
  ['/healthz', () => answer({ ok: true })],
  [
    '/readyz',
    (source) => {
      const { notReady, connected } = source.status();
      const ready = notReady.length === 0;
      return answer({ ready, reasons: notReady, apiConnected: connected }, ready ? 200 : 503);
    },
  ],
  [
    '/metrics',
    async (source) => {
      const measured = await source.measurements();
      return { status: 200, type: prometheus, body: prometheusText(source.status(), measured) };
    },
  ],
  ['/endpoints', (source) => answer({ endpoints: source.status().stats.endpoints })],
  ['/config', (source) => answer(configuration(source.status(), source.configTexts()))],
]);

const acts = new Map<string, Page>([
  ['/diagnostics', async (source) => answer({ path: await source.writeBundle() }, 201)],
  [
    '/restart',
    async ({ restart }) =>
      restart === undefined
        ? answer({ error: 'Whoever started this agent restarts it.' }, 409)
        : answer({ pid: await restart() }),
  ],
]);

const there =
  'There is GET /healthz, /readyz, /metrics, /endpoints, /config, and POST /diagnostics and /restart.';

/** What the admin port answers. */
export async function adminAnswer(
  { method, url, host, origin }: AdminRequest,
  source: AdminSource,
): Promise<AdminAnswer> {
  // A page in a browser must not reach this by a name of its own that resolves to loopback.
  if (!isLocalHost(host)) return answer({ error: 'Only loopback names are served.' }, 403);
  if (origin !== undefined) return answer({ error: 'Pages in a browser are not served.' }, 403);
  const path = url?.split('?')[0] ?? '';
  const isRead = method === 'GET' || method === 'HEAD';
  const page = isRead ? pages.get(path) : method === 'POST' ? acts.get(path) : undefined;
  if (page === undefined) return answer({ error: there }, pages.has(path) || acts.has(path) ? 405 : 404);
  try {
    return await page(source);
  } catch (error) {
    return answer({ error: error instanceof Error ? error.message : String(error) }, 500);
  }
}

function answer(content: object, status = 200): AdminAnswer {
  return { status, type: json, body: JSON.stringify(content, null, 2) };
}

function isLocalHost(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? '');
}

/** What is in force; neither key nor token is known here. */
export function configuration(status: AgentStatus, texts: Record<string, string>): object {
  const { self, version, revision, rejected, certificate, connected, stats } = status;
  const resources = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.parse(text)]));
  return { self, version, connected, revision, rejected, certificate, stats, resources };
}
