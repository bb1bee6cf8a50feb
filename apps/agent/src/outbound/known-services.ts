import type { AwaitingViews, WaitingConnection } from '../forward/awaiting-views.ts';
import type { CompiledService } from '../router/compile.ts';
import { Router } from '../router/router.ts';
import { ConnectionRoutes } from '../tcp/connection-routes.ts';

/** The services whose views are in force, and the wait for those whose view can still come. */
export class KnownServices {
  /** What is made of the views is replaced as a whole, never changed. */
  router = new Router(new Map());
  connectionRoutes = new ConnectionRoutes(new Map());
  /** Absent where nobody can be asked for views. */
  readonly awaiting: AwaitingViews | undefined;
  private byName: ReadonlyMap<string, CompiledService> = new Map();

  constructor(awaiting: AwaitingViews | undefined) {
    this.awaiting = awaiting;
  }

  get all(): ReadonlyMap<string, CompiledService> {
    return this.byName;
  }

  get(service: string): CompiledService | undefined {
    return this.byName.get(service);
  }

  /** From now on these, and no others. */
  replace(services: ReadonlyMap<string, CompiledService>): void {
    this.byName = services;
    this.router = new Router(services);
    this.connectionRoutes = new ConnectionRoutes(services);
  }

  /** What waited for a view that has come goes on. */
  releaseWaiting(): void {
    this.awaiting?.release((service) => this.byName.has(service));
  }

  /** A view of the service can be asked for. */
  mayCome(service: string): boolean {
    return this.awaiting !== undefined && !this.byName.has(service);
  }

  /**
   * Calls `then` once, when the view has come or was waited for in vain, unless the connection is gone by then; false when
   * nothing is to be waited for.
   */
  awaitView(service: string, connection: WaitingConnection, then: () => void): boolean {
    return this.mayCome(service) && this.awaiting?.waitAtMost(service, connection, then) === true;
  }
}
