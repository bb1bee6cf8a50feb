import {
  agentPath,
  certificateGrantSchema,
  closeCodes,
  configMessageSchema,
  type HelloInput,
  helloOutputSchema,
  type ReportInput,
  type ReportOutput,
  reportOutputSchema,
} from '@tulle/mesh/agent-protocol';
import * as z from 'zod/mini';
import type { DataPlaneLogger } from '../data-plane.ts';
import { makeCertificateRequest } from '../identity/certificate-request.ts';
import { type Identity, identityFrom } from '../identity/identity.ts';
import { sessionTls } from './api-tls.ts';
import type { ConfigSync } from './config-sync.ts';
import { RpcConnection } from './rpc-connection.ts';
import { RpcError } from './rpc-error.ts';

export interface SessionOptions {
  readonly api: URL;
  readonly identity: Identity;
  readonly hello: HelloInput;
  readonly config: ConfigSync;
  /** Names of services to subscribe to beside the own one. */
  readonly services: () => string[];
  readonly onReportInterval: (intervalMs: number) => void;
  /** After each config message, when its outcome is known. */
  readonly onConfig: () => void;
  readonly onRenewDirective: () => void;
  readonly logger: DataPlaneLogger;
}

/** One connection to the API from hello to its end. */
export class Session {
  readonly #rpc: RpcConnection;
  readonly #options: SessionOptions;

  /** Connects, says hello and subscribes; rejects with an `RpcError`. */
  static async open(options: SessionOptions): Promise<Session> {
    const rpc = await RpcConnection.open({
      url: new URL(agentPath, options.api.origin.replace('https:', 'wss:')),
      tls: sessionTls(options.identity),
    });
    const session = new Session(rpc, options);
    try {
      const { reportIntervalMs } = await rpc.mutate('agents.hello', options.hello, helloOutputSchema);
      options.onReportInterval(reportIntervalMs);
      session.#subscribe();
    } catch (error) {
      rpc.close(error instanceof RpcError ? error : new RpcError('bad_response', String(error)));
      throw error;
    }
    return session;
  }

  private constructor(rpc: RpcConnection, options: SessionOptions) {
    this.#rpc = rpc;
    this.#options = options;
  }

  get closed(): Promise<RpcError> {
    return this.#rpc.closed;
  }

  /** The agent goes for good. */
  sayGoodbye(): void {
    this.#rpc.close(new RpcError('goodbye', 'The agent ended the connection.'), closeCodes.goodbye);
  }

  /** To connect anew, with another hello. */
  drop(reason: string): void {
    this.#rpc.close(new RpcError('reconnect', reason));
  }

  async watch(services: string[]): Promise<void> {
    await this.#rpc.mutate('agents.watch', { services }, z.unknown());
  }

  report(report: ReportInput): Promise<ReportOutput> {
    return this.#rpc.mutate('agents.report', report, reportOutputSchema);
  }

  /** A new key and certificate, with the present certificate as the proof. */
  async renew(): Promise<Identity> {
    const { keyPem, csrPem } = await makeCertificateRequest(this.#options.hello.instance);
    const grant = await this.#rpc.mutate('agents.renew', { csrPem }, certificateGrantSchema);
    return identityFrom(grant, keyPem, Date.now());
  }

  #subscribe(): void {
    const input = { services: this.#options.services(), held: this.#options.config.hashes() };
    this.#rpc.subscribe('agents.config', input, (data) => this.#take(data));
  }

  /** The ACK is sent before anything is written to disk: whoever waits for it is a person. */
  #take(data: unknown): void {
    const { config, logger } = this.#options;
    const message = configMessageSchema.safeParse(data);
    if (!message.success) {
      logger.error({ reason: z.prettifyError(message.error) }, 'a config message cannot be read');
      this.#rpc.close(new RpcError('bad_response', 'The API sent a config message this agent cannot read.'));
      return;
    }
    const ack = config.take(message.data);
    this.#rpc
      .mutate('agents.ack', ack, z.unknown())
      .catch((error: unknown) => logger.debug({ err: error, push: ack.push }, 'an acknowledgement was lost'));
    const fields = {
      revision: ack.revision,
      resources: message.data.resources.length,
      rejected: ack.rejected,
    };
    if (ack.rejected.length > 0)
      logger.warn(fields, 'a configuration was rejected, the former stays in force');
    else if (message.data.resources.length > 0) logger.debug(fields, 'a configuration is in force');
    this.#options.onConfig();
    if (message.data.directives.includes('renew-certificate')) this.#options.onRenewDirective();
  }
}
