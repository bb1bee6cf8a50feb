import { FIELD, hopByHop } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type { Exchange } from '../forward/exchange.ts';
import type { Passage } from '../forward/passage.ts';
import { awaitView } from '../outbound/await-view.ts';
import type { OutboundContext } from '../outbound/outbound-passage.ts';
import type { Series } from '../record/series.ts';
import type { RedirectDecision, RouteDecision } from '../router/route-decision.ts';
import { dropTablesOf, traceOf } from '../trace/trace-context.ts';
import { type HostTable, hostOf } from './host-table.ts';

/** What is in force now; replaced, never changed. */
export interface GatewayRules {
  readonly hosts: HostTable;
  /** For requests in plain text; undefined lets them in. */
  readonly httpsRedirect: RedirectDecision | undefined;
}

/** What a caller was shown, as far as it is known. */
export interface Covering {
  /** Whether it stands for this host; in lower case. */
  covers(host: string): boolean;
}

export interface GatewayContext extends OutboundContext {
  readonly rules: GatewayRules;
}

/** What a stranger says of who he is, or of whom he speaks for, stops here: nobody between him and us is trusted. */
const claims = [
  ...hopByHop,
  FIELD.mesh,
  FIELD.forwarded,
  FIELD.forwardedAlike,
  FIELD.forwardedClientCertificate,
] as const;
const dropped = dropTablesOf(...claims);
const droppedWithHost = dropTablesOf(...claims, FIELD.host);

/** Requests from outside of the mesh, of one connection: host -> service, and from there on as for every caller. */
export class GatewayPassage implements Passage {
  private readonly context: GatewayContext;
  /** Undefined in plain text. */
  private readonly certificate: Covering | undefined;
  private readonly unrouted: Series;
  private readonly scheme: 'http' | 'https';
  private readonly clientLines: string;
  /** The host of the last request that was sent on: most connections are for one, and what is said of it is written once. */
  private authority = '';
  private forwardedLines = '';

  constructor(context: GatewayContext, certificate: Covering | undefined, remoteAddress: string | undefined) {
    this.context = context;
    this.certificate = certificate;
    this.unrouted = context.recorder.unanswered(context.source, '');
    this.scheme = certificate === undefined ? 'http' : 'https';
    const client = remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? 'unknown';
    this.clientLines = `x-forwarded-for: ${client}\r\nx-forwarded-proto: ${this.scheme}\r\n`;
  }

  seriesOf(): Series {
    return this.unrouted;
  }

  admit(exchange: Exchange): void {
    const { head } = exchange;
    // What the connection is, whatever a caller of HTTP/2 says of it.
    head.scheme = this.scheme;
    if (head.form === 'authority') {
      // A tunnel would lead anybody to anywhere.
      exchange.fail('unsupported_method', '');
      return;
    }
    const { authority } = head;
    const service = this.context.rules.hosts.find(authority);
    if (service === undefined) exchange.fail('unknown_host', authority);
    else if (this.isMisdirected(authority)) exchange.fail('misdirected', authority);
    else this.admitTo(service, exchange);
  }

  /**
   * The connection was made for other names: clients of HTTP/2 that mean well use it for those of its certificate alone,
   * and who means to slip past what a name stands for is told to connect anew (RFC 9110 section 15.5.20).
   */
  private isMisdirected(authority: string): boolean {
    if (authority === this.authority || this.certificate === undefined) return false;
    return !this.certificate.covers(hostOf(authority));
  }

  private admitTo(service: string, exchange: Exchange): void {
    const decision = this.decide(service, exchange.head);
    if (decision !== undefined) {
      this.forward(exchange, decision);
      return;
    }
    awaitView(this.context, service, exchange, () => {
      const late = this.decide(service, exchange.head);
      if (late === undefined) exchange.fail('unknown_service', service);
      else this.forward(exchange, late);
    });
  }

  private decide(service: string, head: RequestHead): RouteDecision | undefined {
    const { services, source } = this.context;
    return services.router.routeTo(service, head, source);
  }

  private forward(exchange: Exchange, routed: RouteDecision): void {
    const { head } = exchange;
    const { makesSpans, source, rules } = this.context;
    const redirect = this.certificate === undefined ? rules.httpsRedirect : undefined;
    const decision = redirect === undefined ? routed : { ...routed, redirect };
    const trace = traceOf(head, decision.observability.tracePercent, makesSpans);
    exchange.trace = trace;
    // RFC 9112 section 3.2.2: the target's host takes the place of Host.
    const isAbsolute = head.form === 'absolute';
    const edit = {
      dropped: (isAbsolute ? droppedWithHost : dropped)[trace.fields],
      removed: undefined,
      added: this.linesFor(head.authority) + trace.line,
      path: '',
      authority: isAbsolute ? head.authority : '',
    };
    exchange.forward(decision, edit, source, undefined);
  }

  private linesFor(authority: string): string {
    if (authority !== this.authority) {
      this.authority = authority;
      this.forwardedLines = `${this.clientLines}x-forwarded-host: ${authority}\r\n`;
    }
    return this.forwardedLines;
  }
}
