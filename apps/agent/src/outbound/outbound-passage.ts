import { FIELD, hopByHop } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type { WaitingConnection } from '../forward/awaiting-views.ts';
import type { Exchange } from '../forward/exchange.ts';
import type { Caller } from '../forward/exchange-caller.ts';
import type { Passage } from '../forward/passage.ts';
import { unedited } from '../forward/request-edit.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Series } from '../record/series.ts';
import type { RouteDecision } from '../router/route-decision.ts';
import { serviceOfHost } from '../router/router.ts';
import { dropTablesOf, type RequestTrace, traceOf } from '../trace/trace-context.ts';
import { awaitView } from './await-view.ts';
import type { KnownServices } from './known-services.ts';

export interface OutboundContext {
  readonly services: KnownServices;
  readonly recorder: Recorder;
  /** Name of the service this agent stands for. */
  readonly source: string;
  /** Whether sampled requests get a span here. */
  readonly makesSpans: boolean;
}

/** What a service may say to the mesh stops here: fields of agents are set by agents. */
const dropped = dropTablesOf(...hopByHop, FIELD.mesh);
const droppedWithHost = dropTablesOf(...hopByHop, FIELD.mesh, FIELD.host);

/** Requests of the local service to others: host -> service -> split -> backend. */
export class OutboundPassage implements Passage {
  private readonly context: OutboundContext;
  /** Set on the port of a declared upstream: everything goes there, whatever Host says. */
  private readonly fixedService: string | undefined;
  private readonly fixedHost: string;
  private readonly unrouted: Series;

  constructor(context: OutboundContext, fixedService: string | undefined) {
    this.context = context;
    this.fixedService = fixedService;
    this.fixedHost = fixedService === undefined ? '' : `${fixedService}.mesh`;
    this.unrouted = context.recorder.unanswered(context.source, fixedService ?? '');
  }

  seriesOf(): Series {
    return this.unrouted;
  }

  insideTunnel(authority: string): Passage | undefined {
    const service = this.tunnelledTo(authority);
    if (service === undefined || this.context.services.connectionRoutes.byService(service) !== undefined)
      return undefined;
    return new OutboundPassage(this.context, service);
  }

  awaitTunnel(authority: string, connection: WaitingConnection, then: () => void): boolean {
    const service = this.tunnelledTo(authority);
    return service !== undefined && this.context.services.awaitView(service, connection, then);
  }

  admit(exchange: Exchange, _caller: Caller): void {
    const { head } = exchange;
    if (head.form === 'authority') {
      this.admitTunnel(exchange);
      return;
    }
    const decision = this.decide(head);
    if (decision === undefined) this.refuseOrWait(exchange);
    else this.forward(exchange, decision);
  }

  /** The service that a tunnel is asked for; a port of one service has none. */
  private tunnelledTo(authority: string): string | undefined {
    return this.fixedService === undefined ? serviceOfHost(authority) : undefined;
  }

  /** Bytes for a service that does not speak HTTP. */
  private admitTunnel(exchange: Exchange): void {
    const { services } = this.context;
    const service = this.tunnelledTo(exchange.head.authority);
    if (service === undefined) exchange.fail('unsupported_method', '');
    else if (services.mayCome(service))
      awaitView(this.context, service, exchange, () => this.openTunnel(service, exchange));
    else this.openTunnel(service, exchange);
  }

  private openTunnel(service: string, exchange: Exchange): void {
    const { services, recorder, source } = this.context;
    const route = services.connectionRoutes.byService(service);
    if (route === undefined) {
      exchange.fail('unsupported_method', '');
      return;
    }
    exchange.tally.countIn(recorder.unanswered(source, service));
    const edit = { ...unedited, dropped: droppedWithHost.restart, authority: route.head.authority };
    exchange.forward(route.decision, edit, source, undefined);
  }

  private decide(head: RequestHead): RouteDecision | undefined {
    const { source } = this.context;
    const { router } = this.context.services;
    return this.fixedService === undefined
      ? router.route(head.authority, head, source)
      : router.routeTo(this.fixedService, head, source);
  }

  private forward(exchange: Exchange, decision: RouteDecision): void {
    const { head } = exchange;
    // RFC 9112 section 3.2.2: the target's host takes the place of Host; a port of our own names nobody.
    const host =
      this.fixedService !== undefined
        ? this.fixedHost
        : head.form === 'absolute' || head.minor === 0
          ? head.authority
          : '';
    const { tracePercent } = decision.observability;
    const trace: RequestTrace = traceOf(head, tracePercent, this.context.makesSpans);
    exchange.trace = trace;
    const edit = {
      dropped: (host === '' ? dropped : droppedWithHost)[trace.fields],
      removed: undefined,
      added: trace.line,
      path: '',
      authority: host,
    };
    exchange.forward(decision, edit, this.context.source, undefined);
  }

  private refuseOrWait(exchange: Exchange): void {
    const { services, source } = this.context;
    const service = this.fixedService ?? serviceOfHost(exchange.head.authority);
    if (service === undefined) {
      exchange.fail('unknown_host', exchange.head.authority);
      return;
    }
    awaitView(this.context, service, exchange, () => {
      const decision = services.router.routeTo(service, exchange.head, source);
      if (decision === undefined) exchange.fail('unknown_service', service);
      else this.forward(exchange, decision);
    });
  }
}
