import type { HelloInput, ReportInput, ReportOutput } from '@tulle/mesh/agent-protocol';
import type { Self } from '@tulle/mesh/service-view';
import type { DataPlaneLogger } from '../data-plane.ts';
import { type CertificateRequest, makeCertificateRequest } from '../identity/certificate-request.ts';
import type { Identity } from '../identity/identity.ts';
import type { IdentityKeeper } from '../identity/identity-keeper.ts';
import { fullJitter } from './backoff.ts';
import type { ConfigSync } from './config-sync.ts';
import { join } from './join.ts';
import { isRefusal, isRevoked, needsNewIdentity, RpcError } from './rpc-error.ts';
import { Session } from './session.ts';
import { WatchedServices } from './watched-services.ts';

/** What only a person can mend is tried again this seldom, give or take a half. */
const slowRetryMs = 30_000;
/** How often an outage that goes on is mentioned again. */
const complainEveryMs = 60_000;
/** That may be watched by one call (`watchInputSchema`). */
const mostAtOnce = 1_000;
const handedOver = 'Another process of this agent has taken over.';

export interface ControlClientOptions {
  readonly apis: readonly URL[];
  readonly token: string | undefined;
  readonly self: Self;
  readonly hello: () => HelloInput;
  readonly keeper: IdentityKeeper;
  readonly config: ConfigSync;
  /** Services called before, and the declared ones. */
  readonly services: readonly string[];
  readonly onReportInterval: (intervalMs: number) => void;
  readonly onConfig: () => void;
  readonly onConnected: () => void;
  readonly onRenewDirective: () => void;
  /** The API refuses this agent for good, and it has nothing to serve with. */
  readonly onRefused: (error: RpcError) => void;
  readonly logger: DataPlaneLogger;
}

/** Keeps one session with the API alive for as long as the agent lives: joins, connects, reconnects. */
export class ControlClient {
  readonly #options: ControlClientOptions;
  readonly #services: WatchedServices;
  #unsent: string[] = [];
  #session: Session | undefined;
  #apiIndex = 0;
  #failures = 0;
  #complainedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #leaving = false;
  #abandoned = false;
  /** The certificate there is does not do any more, although it is valid: the token's turn. */
  #rejoin = false;
  /** Made for the token; the same in every attempt, as the API gives a certificate for one key alone. */
  #request: Promise<CertificateRequest> | undefined;
  /** The token was refused, or has made a certificate: it is good for once. */
  #tokenSpent = false;
  #wake: (() => void) | undefined;
  #onSession: (() => void) | undefined;

  constructor(options: ControlClientOptions) {
    this.#options = options;
    this.#services = new WatchedServices(options.services, (service) =>
      options.config.has(`service/${service}`),
    );
  }

  get connected(): boolean {
    return this.#session !== undefined;
  }

  services(): string[] {
    return this.#services.list();
  }

  start(): void {
    void this.#run();
  }

  /** Does not wait for a connection that is just being made: it closes itself when it is. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
    this.#session?.sayGoodbye();
  }

  /** Another process of this agent speaks to the API now. It is the same agent, so nobody says goodbye. */
  abandon(): void {
    this.#abandoned = true;
    this.#stopped = true;
    this.#wake?.();
    this.#session?.drop(handedOver);
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }

  /**
   * Says hello anew as one that only calls others, so that nobody is sent here any more while the last requests are
   * answered and counted. Resolves when the API knows, or after `timeoutMs`.
   */
  async leave(timeoutMs: number): Promise<void> {
    this.#leaving = true;
    if (this.#session === undefined) return;
    const known = new Promise<void>((resolve) => {
      this.#onSession = resolve;
    });
    this.#session.drop('The agent is leaving.');
    await Promise.race([known, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
  }

  /** Tries again at once instead of waiting out the backoff. */
  retryNow(): void {
    this.#wake?.();
  }

  /** A service is called for the first time; those of one turn of the loop go out together. */
  watch(service: string): void {
    if (!this.#services.add(service)) return;
    if (this.#unsent.push(service) === 1) setImmediate(() => this.#sendWatch());
  }

  report(report: ReportInput): Promise<ReportOutput> {
    return this.#connectedSession().report(report);
  }

  /** Puts a new certificate into force. The session goes on: the API ties it to the new certificate by itself. */
  async renew(): Promise<void> {
    this.#options.keeper.adopt(await this.#connectedSession().renew());
  }

  #connectedSession(): Session {
    if (this.#session === undefined) throw new RpcError('unavailable', 'The API is not connected.');
    return this.#session;
  }

  #sendWatch(): void {
    const services = this.#unsent;
    this.#unsent = [];
    for (let at = 0; at < services.length; at += mostAtOnce) {
      const some = services.slice(at, at + mostAtOnce);
      // Without a session the next subscription names them.
      this.#session
        ?.watch(some)
        .catch((error: unknown) =>
          this.#options.logger.warn({ err: error, services: some }, 'services could not be watched'),
        );
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let delayMs: number;
      try {
        const reason = await this.#connectOnce();
        delayMs = this.#afterEnd(reason);
      } catch (error) {
        this.#apiIndex++;
        delayMs = this.#afterFailure(error);
      }
      if (!this.#stopped) await this.#sleep(delayMs);
    }
  }

  /** From no connection to the end of one. */
  async #connectOnce(): Promise<RpcError> {
    const { apis, logger, keeper } = this.#options;
    const api = apis[this.#apiIndex % apis.length];
    if (api === undefined) throw new RpcError('unavailable', 'There is no address of an API.');
    const session = await Session.open({
      ...this.#options,
      ...this.#sessionParts(),
      api,
      identity: await this.#identity(api),
    });
    this.#session = session;
    this.#onSession?.();
    if (this.#abandoned) session.drop(handedOver);
    else if (this.#stopped) session.sayGoodbye();
    try {
      keeper.reinstate();
      logger.info({ api: api.origin }, 'connected to the API');
      this.#complainedAt = Number.NEGATIVE_INFINITY;
      this.#options.onConnected();
      return await session.closed;
    } finally {
      this.#session = undefined;
    }
  }

  #sessionParts(): { hello: HelloInput; services: () => string[]; onConfig: () => void } {
    return {
      hello: this.#leaving ? { ...this.#options.hello(), inbound: undefined } : this.#options.hello(),
      services: () => this.services(),
      onConfig: () => {
        // Only a configuration proves that the API works again: connecting alone must not reset the backoff.
        this.#failures = 0;
        this.#options.onConfig();
      },
    };
  }

  /** The certificate there is, or one for the token. A revoked one is shown all the same: the API may relent. */
  async #identity(api: URL): Promise<Identity> {
    const { keeper, token, self } = this.#options;
    const mayJoin = token !== undefined && !this.#tokenSpent;
    if (keeper.valid && keeper.current !== undefined && !(this.#rejoin && mayJoin)) return keeper.current;
    if (mayJoin) return await this.#join(api, token);
    if (keeper.current?.revoked) return keeper.current;
    throw new RpcError(
      'no_token',
      `${self.instance} has no valid certificate: make a join token on the dashboard and start it with --token.`,
    );
  }

  async #join(api: URL, token: string): Promise<Identity> {
    const { keeper, self, logger } = this.#options;
    logger.info({ api: api.origin }, 'joining the mesh');
    try {
      this.#request ??= makeCertificateRequest(self.instance);
      const identity = await join(api, token, self, await this.#request);
      keeper.adopt(identity);
      this.#tokenSpent = true;
      return identity;
    } catch (error) {
      this.#tokenSpent = isRefusal(error);
      throw error;
    }
  }

  #afterEnd(reason: RpcError): number {
    if (isRevoked(reason)) return this.#afterFailure(reason);
    if (!this.#stopped)
      this.#options.logger.info({ reason: reason.message }, 'the connection to the API ended');
    return reason.code === 'reconnect' && this.#failures === 0 ? 0 : fullJitter(this.#failures++);
  }

  #afterFailure(error: unknown): number {
    const { keeper, logger, onRefused, token } = this.#options;
    if (this.#stopped) return 0;
    if (isRevoked(error)) keeper.revoke();
    if (isRefusal(error) && keeper.current === undefined) {
      onRefused(error);
      return slowRetryMs;
    }
    if (needsNewIdentity(error) && token !== undefined && !this.#tokenSpent) {
      logger.warn({ reason: String(error) }, 'the certificate does not do any more, trying the join token');
      this.#rejoin = true;
      return fullJitter(this.#failures++);
    }
    const seldom = isRevoked(error) || isRefusal(error);
    const delayMs = seldom ? slowRetryMs * (0.5 + Math.random()) : fullJitter(this.#failures++);
    const fields = {
      reason: error instanceof Error ? error.message : String(error),
      retryInMs: Math.round(delayMs),
    };
    if (performance.now() - this.#complainedAt < complainEveryMs) {
      logger.debug(fields, 'no connection to the API');
    } else {
      this.#complainedAt = performance.now();
      logger.warn(fields, 'no connection to the API, the last configuration stays in force');
    }
    return delayMs;
  }

  #sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
