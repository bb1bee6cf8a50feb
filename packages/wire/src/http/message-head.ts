import { FieldSection } from './field-section.ts';

/**
 * What the fields of a head say about framing and the connection; filled in while the fields are read. The same for
 * every version of HTTP: routing, recording and forwarding do not ask which one it was.
 */
export class MessageHead extends FieldSection {
  /** Major version it came in: 1 or 2. */
  major: 1 | 2 = 1;
  /** Minor version: 1 or 0; of HTTP/2 always 1. */
  minor = 1;
  /** Value of Content-Length, or -1. */
  contentLength = -1;
  chunked = false;
  /** Options of Connection. */
  close = false;
  keepAlive = false;
  upgradeOption = false;
  /** Value of Upgrade when Connection names it too, or of :protocol (RFC 8441), in lower case, or ''. */
  upgrade = '';

  override clear(): void {
    super.clear();
    this.major = 1;
    this.minor = 1;
    this.contentLength = -1;
    this.chunked = false;
    this.close = false;
    this.keepAlive = false;
    this.upgradeOption = false;
    this.upgrade = '';
  }

  /** RFC 9112 section 9.3: may the connection carry another message after this one? */
  get persistent(): boolean {
    return !this.close && (this.minor === 1 || this.keepAlive);
  }
}

/** RFC 9112 section 3.2. */
export type TargetForm = 'origin' | 'absolute' | 'authority' | 'asterisk';

export class RequestHead extends MessageHead {
  method = '';
  /** As received. */
  target = '';
  form: TargetForm = 'origin';
  /** Path and query: what an origin server is asked for ('*' for OPTIONS *). */
  path = '';
  /** Host and port the request is for: of the target when it is absolute, else of Host (RFC 9112 section 3.2.2). */
  authority = '';
  expectsContinue = false;
  /** Of HTTP/2, `http` or `https`; '' where the version does not say. */
  scheme = '';
  /** Whether a body follows, be it empty in the end. */
  hasBody = false;
  /** The client reads trailers: `te: trailers`. */
  acceptsTrailers = false;

  override clear(): void {
    super.clear();
    this.method = '';
    this.target = '';
    this.form = 'origin';
    this.path = '';
    this.authority = '';
    this.expectsContinue = false;
    this.scheme = '';
    this.hasBody = false;
    this.acceptsTrailers = false;
  }
}

/**
 * How the end of a body is found (RFC 9112 section 6.3). A tunnel is a body of another protocol, which
 * ends with the connection.
 */
export type BodyFraming = 'none' | 'length' | 'chunked' | 'close' | 'tunnel';

export class ResponseHead extends MessageHead {
  status = 0;
  /** Where the reason phrase stands in `text`. */
  reasonStart = 0;
  reasonEnd = 0;
  framing: BodyFraming = 'none';

  override clear(): void {
    super.clear();
    this.status = 0;
    this.reasonStart = 0;
    this.reasonEnd = 0;
    this.framing = 'none';
  }

  get reason(): string {
    return this.text.substring(this.reasonStart, this.reasonEnd);
  }
}
