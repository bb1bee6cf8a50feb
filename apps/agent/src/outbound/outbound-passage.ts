import { dropTable, FIELD, hopByHop } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type { AwaitingViews } from '../forward/awaiting-views.ts';
import type { Exchange } from '../forward/exchange.ts';
import type { Caller } from '../forward/exchange-caller.ts';
import type { Passage } from '../forward/passage.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Series } from '../record/series.ts';
import type { RouteDecision } from '../router/route-decision.ts';
import { type Router, serviceOfHost } from '../router/router.ts';
import { type RequestTrace, type TraceFields, traceOf } from '../trace/trace-context.ts';

export interface OutboundContext {
  /** The router in force now. */
  readonly router: Router;
  readonly recorder: Recorder;
  /** Name of the service this agent stands for. */
  readonly source: string;
  /** Absent where nobody can be asked for views. */
  readonly awaiting: AwaitingViews | undefined;
  readonly unknownServiceTimeoutMs: number;
  /** Whether sampled requests get a span here. */
  readonly makesSpans: boolean;
}

/** What a service may say to the mesh stops here: fields of agents are set by agents. */
const fields = [...hopByHop, FIELD.mesh];
const dropped: Readonly<Record<TraceFields, Uint8Array>> = {
  keep: dropTable(...fields),
  replace: dropTable(...fields, FIELD.traceparent),
  restart: dropTable(...fields, FIELD.traceparent, FIELD.tracestate),
};
const droppedWithHost: Readonly<Record<TraceFields, Uint8Array>> = {
  keep: dropTable(...fields, FIELD.host),
  replace: dropTable(...fields, FIELD.host, FIELD.traceparent),
  restart: dropTable(...fields, FIELD.host, FIELD.traceparent, FIELD.tracestate),
};

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
    this.unrouted = this.unanswered(fixedService ?? '');
  }

  seriesOf(): Series {
    return this.unrouted;
  }

  insideTunnel(authority: string): Passage | undefined {
    const service = this.fixedService === undefined ? serviceOfHost(authority) : undefined;
    return service === undefined ? undefined : new OutboundPassage(this.context, service);
  }

  admit(exchange: Exchange, _caller: Caller): void {
    const { head } = exchange;
    if (head.form === 'authority') {
      exchange.fail('unsupported_method', '');
      return;
    }
    const decision = this.decide(head);
    if (decision === undefined) this.refuseOrWait(exchange);
    else this.forward(exchange, decision);
  }

  private decide(head: RequestHead): RouteDecision | undefined {
    const { router, source } = this.context;
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
    const { awaiting, unknownServiceTimeoutMs } = this.context;
    const service = this.fixedService ?? serviceOfHost(exchange.head.authority);
    if (service === undefined) {
      exchange.fail('unknown_host', exchange.head.authority);
      return;
    }
    exchange.tally.countIn(this.unanswered(service));
    if (awaiting === undefined) {
      exchange.fail('unknown_service', service);
      return;
    }
    const mayWait = awaiting.add(service, exchange, () => {
      const decision = this.context.router.routeTo(service, exchange.head, this.context.source);
      if (decision === undefined) exchange.fail('unknown_service', service);
      else this.forward(exchange, decision);
    });
    if (mayWait) exchange.waitAtMost(unknownServiceTimeoutMs);
    else exchange.fail('overloaded', 'too many requests wait for unknown services');
  }

  /** Where requests count that no version answered. */
  private unanswered(service: string): Series {
    const { recorder, source } = this.context;
    return recorder.series({ side: 'outbound', source, destination: service, version: '', tls: false });
  }
}
