import type { FieldSection } from '../http/field-section.ts';
import { dropTable, FIELD, type FieldId, mayTrail } from '../http/known-fields.ts';
import { RequestHead, type ResponseHead } from '../http/message-head.ts';
import type { Http2ErrorReason } from './errors.ts';
import { judgeRequest, judgeResponse } from './head-rules.ts';
import type { FieldSink } from './hpack/decoder.ts';
import { type Field, PSEUDO, type Pseudo } from './hpack/field.ts';

/** What the fields of a block make. */
const INTO = { nothing: 0, request: 1, response: 2, trailers: 3 } as const;
type Into = (typeof INTO)[keyof typeof INTO];

/** RFC 9113 section 8.2.2. */
const connectionSpecific = dropTable(
  FIELD.connection,
  FIELD.keepAlive,
  FIELD.proxyConnection,
  FIELD.transferEncoding,
  FIELD.upgrade,
  FIELD.http2Settings,
);
/** Fields that a head gives a meaning to. */
const meaningful = dropTable(FIELD.host, FIELD.contentLength, FIELD.te, FIELD.cookie, FIELD.expect);

const requestPseudo =
  (1 << PSEUDO.method) |
  (1 << PSEUDO.path) |
  (1 << PSEUDO.scheme) |
  (1 << PSEUDO.authority) |
  (1 << PSEUDO.protocol);
/** By what is built: the pseudo-fields it may have, as bits. */
const allowedPseudo: readonly number[] = [0, requestPseudo, 1 << PSEUDO.status, 0];

/** Most digits that still make a safe integer. */
const MAX_LENGTH_DIGITS = 15;
const malformed = 'malformed-message';

/**
 * Puts the fields of one block into a head or a trailer section. A fault is kept, not thrown: the block has to be
 * decoded to its end, whatever it holds, as it changes the table for those behind it.
 */
export class HeadBuilder implements FieldSink {
  fault: Http2ErrorReason | undefined = undefined;
  /** Values of pseudo-fields and of Host; '' where there was none, as none of them may be empty. */
  method = '';
  path = '';
  scheme = '';
  authority = '';
  protocol = '';
  status = '';
  host = '';
  expects = false;
  private section: FieldSection;
  private head: RequestHead | ResponseHead;
  private into: Into = INTO.nothing;
  private readonly maxBytes: number;
  private readonly connectProtocol: boolean;
  private bytes = 0;
  private seenPseudo = 0;
  private seenRegular = false;
  /** The first line of cookies, and what those behind it add; joined once, as there may be hundreds. */
  private cookieLine = '';
  private moreCookies = '';
  private cookieSensitive = false;

  constructor(maxBytes: number, connectProtocol: boolean) {
    this.maxBytes = maxBytes;
    this.connectProtocol = connectProtocol;
    this.head = new RequestHead(0);
    this.section = this.head;
  }

  beginRequest(head: RequestHead): void {
    this.begin(INTO.request, head);
    this.head = head;
    this.method = '';
    this.path = '';
    this.scheme = '';
    this.authority = '';
    this.protocol = '';
    this.host = '';
    this.expects = false;
    this.cookieLine = '';
    this.moreCookies = '';
    this.cookieSensitive = false;
  }

  beginResponse(head: ResponseHead): void {
    this.begin(INTO.response, head);
    this.head = head;
    this.status = '';
  }

  beginTrailers(section: FieldSection): void {
    this.begin(INTO.trailers, section);
  }

  /** The block is decoded for the sake of the table alone. */
  beginNothing(): void {
    this.into = INTO.nothing;
  }

  private begin(into: Into, section: FieldSection): void {
    this.into = into;
    this.section = section;
    this.fault = undefined;
    this.bytes = 0;
    this.seenPseudo = 0;
    this.seenRegular = false;
    section.clear();
  }

  endRequest(head: RequestHead, ended: boolean): void {
    if (this.cookieLine !== '') this.add(FIELD.cookie, this.joinedCookies, 6, this.cookieSensitive);
    if (this.fault === undefined) this.fault = judgeRequest(this, head, ended, this.connectProtocol);
  }

  endResponse(head: ResponseHead): void {
    if (this.fault === undefined) this.fault = judgeResponse(this, head);
  }

  onField(field: Field, sensitive: boolean): void {
    if (this.into === INTO.nothing || this.fault !== undefined) return;
    this.bytes += field.size;
    if (this.bytes > this.maxBytes) {
      this.fault = 'head-too-large';
      return;
    }
    const { name, line } = field;
    if (!field.valid) this.fault = malformed;
    else if (name.pseudo !== PSEUDO.none) this.takePseudo(name.pseudo, line);
    else {
      this.seenRegular = true;
      if (name.id !== FIELD.other && !this.takeMeaning(field, sensitive)) return;
      this.add(name.id, line, name.text.length, sensitive);
    }
  }

  private add(id: FieldId, line: string, nameLength: number, sensitive: boolean): void {
    if (!this.section.addLine(id, line, nameLength, sensitive)) this.fault = 'head-too-large';
  }

  /** RFC 9113 section 8.3: before all others, each at most once, and none that does not belong there. */
  private takePseudo(pseudo: Pseudo, value: string): void {
    const bit = 1 << pseudo;
    const allowed = allowedPseudo[this.into] as number;
    if ((allowed & bit) === 0 || (this.seenPseudo & bit) !== 0 || this.seenRegular) {
      this.fault = malformed;
      return;
    }
    this.seenPseudo |= bit;
    switch (pseudo) {
      case PSEUDO.method:
        this.method = value;
        break;
      case PSEUDO.path:
        this.path = value;
        break;
      case PSEUDO.scheme:
        this.scheme = value;
        break;
      case PSEUDO.authority:
        this.authority = value;
        break;
      case PSEUDO.protocol:
        this.protocol = value;
        break;
      case PSEUDO.status:
        this.status = value;
        break;
    }
  }

  /** Whether the field is to be added as it is. */
  private takeMeaning(field: Field, sensitive: boolean): boolean {
    const { id } = field.name;
    if (connectionSpecific[id] === 1) return this.refuse();
    // A trailer that frames, routes or names the sender has no meaning, only danger (RFC 9110 section 6.5.1).
    if (this.into === INTO.trailers) return mayTrail(id) || this.refuse();
    if (meaningful[id] !== 1) return true;
    if (id === FIELD.contentLength) return this.takeContentLength(field.value);
    if (this.into === INTO.response) return id !== FIELD.te || this.refuse();
    return this.takeRequestField(id, field, sensitive);
  }

  private takeRequestField(id: FieldId, field: Field, sensitive: boolean): boolean {
    switch (id) {
      case FIELD.host:
        if (this.host !== '' || field.value === '') return this.refuse();
        this.host = field.value;
        // The authority of the head says it.
        return false;
      case FIELD.te:
        // RFC 9113 section 8.2.2.
        if (field.value.toLowerCase() !== 'trailers') return this.refuse();
        (this.head as RequestHead).acceptsTrailers = true;
        return true;
      case FIELD.cookie:
        // RFC 9113 section 8.2.3: outside of HTTP/2 it is one line.
        this.cookieSensitive ||= sensitive;
        if (this.cookieLine === '') this.cookieLine = field.line;
        else this.moreCookies += `; ${field.value}`;
        return false;
      case FIELD.expect:
        this.expects = true;
        return true;
      default:
        return true;
    }
  }

  private get joinedCookies(): string {
    const { cookieLine, moreCookies } = this;
    return moreCookies === '' ? cookieLine : `${cookieLine.slice(0, -2)}${moreCookies}\r\n`;
  }

  private takeContentLength(value: string): boolean {
    const { length } = value;
    if (this.head.contentLength !== -1 || length === 0 || length > MAX_LENGTH_DIGITS) return this.refuse();
    let total = 0;
    for (let at = 0; at < length; at++) {
      const digit = value.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) return this.refuse();
      total = total * 10 + digit;
    }
    this.head.contentLength = total;
    return true;
  }

  private refuse(): false {
    this.fault = malformed;
    return false;
  }
}
