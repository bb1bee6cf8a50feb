import { FIELD, hopByHop } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { fieldLine } from '@tulle/wire/http1/serialise';
import type { AwaitingViews } from '../forward/awaiting-views.ts';
import type { Exchange } from '../forward/exchange.ts';
import type { Caller } from '../forward/exchange-caller.ts';
import type { Passage } from '../forward/passage.ts';
import { type ExpectedCheck, isMarkedCheck } from '../health/check-mark.ts';
import { TokenBucket } from '../rate-limit/token-bucket.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Series } from '../record/series.ts';
import { dropTablesOf, traceOf } from '../trace/trace-context.ts';
import type { LocalService } from './local-service.ts';

export interface InboundContext {
  readonly recorder: Recorder;
  readonly self: { readonly service: string; readonly version: string };
  readonly tls: boolean;
  /** Whether sampled requests get a span here. */
  readonly makesSpans: boolean;
  /** How the local service is reached, and what it speaks; undefined when there is none. */
  readonly local:
    | Pick<LocalService, 'decision' | 'checkDecision' | 'expectedCheck' | 'checks' | 'protocol'>
    | undefined;
  /** Services that may call; undefined lets every identity of the mesh in. Replaced, never changed. */
  readonly allow: ReadonlySet<string> | undefined;
  /** Where requests wait while the view of the own service has not come; undefined once it has. */
  readonly awaiting: AwaitingViews | undefined;
}

const claims = [...hopByHop, FIELD.mesh, FIELD.forwardedClientCertificate] as const;
const dropped = dropTablesOf(...claims);
const droppedWithHost = dropTablesOf(...claims, FIELD.host);

/** Requests of other agents to the local service: who calls is proved, whether it may is asked for every request. */
export class InboundPassage implements Passage {
  private readonly context: InboundContext;
  private readonly perCaller = new WeakMap<Caller, KnownCaller>();

  constructor(context: InboundContext) {
    this.context = context;
  }

  seriesOf(caller: Caller): Series {
    return this.of(caller).series;
  }

  admit(exchange: Exchange, caller: Caller): void {
    const { tls, allow, local } = this.context;
    const { identity } = caller;
    // In plain text nobody can prove to be among those a rule names.
    const named = allow === undefined || (identity !== undefined && allow.has(identity.service));
    if ((tls && identity === undefined) || !named) {
      exchange.fail('access_denied', identity?.spiffeId ?? '');
      return;
    }
    if (tls && this.context.awaiting !== undefined) {
      this.awaitView(exchange, caller, this.context.awaiting);
      return;
    }
    if (local === undefined) {
      exchange.fail('no_endpoint', 'this agent stands for no service');
      return;
    }
    // The bytes of a service that does not speak HTTP come inside of CONNECT, and nothing else does.
    const isTunnel = exchange.head.form === 'authority';
    if (isTunnel !== (local.protocol === 'tcp')) {
      exchange.fail(isTunnel ? 'unsupported_method' : 'not_http', '');
      return;
    }
    const own = this.of(caller);
    const isCheck = identity !== undefined && own.isCheck(exchange, local.expectedCheck);
    const decision = isCheck ? local.checkDecision : local.decision;
    const { tracePercent } = decision.observability;
    const trace = traceOf(exchange.head, tracePercent, this.context.makesSpans && !isCheck);
    exchange.trace = trace;
    const authority = this.hostInPlaceOf(exchange.head);
    const edit = {
      dropped: (authority === '' ? dropped : droppedWithHost)[trace.fields],
      removed: undefined,
      added: own.sourceField + trace.line,
      path: '',
      authority,
    };
    exchange.forward(decision, edit, identity?.service ?? '', isCheck ? local.checks : own.series);
  }

  /** Before the view of its own service has come, an agent does not know whom its access rule names. */
  private awaitView(exchange: Exchange, caller: Caller, awaiting: AwaitingViews): void {
    const { service } = this.context.self;
    if (awaiting.add(service, exchange, () => this.admit(exchange, caller)))
      exchange.waitAtMost(awaiting.timeoutMs);
    else exchange.fail('overloaded', 'too many requests wait for the configuration of this service');
  }

  /** RFC 9112 section 3.2.2: the target's host takes the place of Host, which HTTP/1.0 may lack. '' leaves it. */
  private hostInPlaceOf({ form, authority }: RequestHead): string {
    if (authority === '') return `${this.context.self.service}.mesh`;
    return form === 'absolute' ? authority : '';
  }

  /** What is the same for all requests of a connection. */
  private of(caller: Caller): KnownCaller {
    const known = this.perCaller.get(caller);
    if (known !== undefined) return known;
    const { recorder, self, tls } = this.context;
    const { identity } = caller;
    const series = recorder.series({
      side: 'inbound',
      source: identity?.service ?? '',
      destination: self.service,
      version: self.version,
      tls,
    });
    const sourceField = identity === undefined ? '' : fieldLine('x-tulle-source', identity.spiffeId);
    const made = new KnownCaller(series, sourceField);
    this.perCaller.set(caller, made);
    return made;
  }
}

/** What is known of a connection from its first request on. */
class KnownCaller {
  readonly series: Series;
  readonly sourceField: string;
  /** Made with its first check: few connections bring one. */
  private checks: TokenBucket | undefined = undefined;

  constructor(series: Series, sourceField: string) {
    this.series = series;
    this.sourceField = sourceField;
  }

  isCheck({ head, startedAt }: Exchange, expected: ExpectedCheck | undefined): boolean {
    if (expected === undefined || !isMarkedCheck(head, expected)) return false;
    this.checks ??= new TokenBucket(expected.pace, startedAt);
    return this.checks.take(expected.pace, startedAt) === 0;
  }
}
