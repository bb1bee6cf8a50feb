import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:http';
import { connectHttp2, type Http2Client, type Http2Request } from '../specs/http2-services.ts';

/** What became of the requests of a load. */
export interface Tally {
  sent: number;
  answered: number;
  readonly failures: string[];
}

/** Where the next request goes; a function where that changes. */
type Port = number | (() => number);

const now = (port: Port) => (typeof port === 'number' ? port : port());

/** Requests one after the other on several connections, until it is stopped. */
export class Load {
  readonly tally: Tally = { sent: 0, answered: 0, failures: [] };
  private readonly runs: Promise<void>[] = [];
  private going = true;

  /** HTTP/1.1 that keeps its connections; nothing is sent twice. */
  http1(port: Port, { host, connections }: { host: string; connections: number }): this {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    for (let index = 0; index < connections; index++) {
      this.run(() => get({ port: now(port), agent, headers: { host }, path: `/${index}` }));
    }
    void Promise.all(this.runs).then(() => agent.destroy());
    return this;
  }

  /**
   * HTTP/2, several requests at a time on one connection; after GOAWAY the next are sent on a new one, and with them
   * those that Node had accepted and then refused by itself (RFC 9113 section 8.7: they were not processed).
   */
  http2(port: Port, { host, concurrency }: { host: string; concurrency: number }): this {
    let session: Http2Client | undefined;
    let sessionPort = 0;
    const present = () => {
      const there = session !== undefined && !session.closed && !session.destroyed;
      if (there && sessionPort === now(port)) return session as Http2Client;
      session?.close();
      sessionPort = now(port);
      const made = connectHttp2(sessionPort);
      made.on('error', (error) => this.tally.failures.push(`session: ${error.message}`));
      // Node closes it by itself once its streams have ended.
      made.on('goaway', () => {
        if (session === made) session = undefined;
      });
      session = made;
      return made;
    };
    for (let index = 0; index < concurrency; index++) {
      const send = () => answered(present().request({ ':path': `/${index}`, ':authority': host }));
      this.run(() => send().catch((error: unknown) => (isRefused(error) ? send() : Promise.reject(error))));
    }
    void Promise.all(this.runs).then(() => session?.close());
    return this;
  }

  async stop(): Promise<Tally> {
    this.going = false;
    await Promise.all(this.runs);
    return this.tally;
  }

  private run(send: () => Promise<number>): void {
    const loop = async () => {
      while (this.going) {
        this.tally.sent++;
        try {
          const status = await send();
          if (status === 200) this.tally.answered++;
          else this.tally.failures.push(`status ${status}`);
        } catch (error) {
          this.tally.failures.push(
            error instanceof Error ? `${error.name}: ${error.message}` : String(error),
          );
        }
      }
    };
    this.runs.push(loop());
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith('NGHTTP2_REFUSED_STREAM');
}

async function get(options: RequestOptions): Promise<number> {
  const sent = request({ ...options, host: '127.0.0.1' });
  sent.end();
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

async function answered(stream: Http2Request): Promise<number> {
  const [headers] = await once(stream, 'response');
  stream.resume();
  await once(stream, 'end');
  return headers[':status'];
}
