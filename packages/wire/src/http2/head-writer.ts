import type { FieldSection } from '../http/field-section.ts';
import type { HeadEdit, RequestEdit } from '../http/head-edit.ts';
import { dropTable, FIELD } from '../http/known-fields.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import { FLAG, FRAME, HEADER_BYTES, writeFrameHeader } from './frame-header.ts';
import { Encoder } from './hpack/encoder.ts';
import { SentName } from './hpack/field-policy.ts';
import type { SentEntry } from './hpack/sent-table.ts';
import type { Output } from './output.ts';

/** RFC 9113 section 8.2.2: never written, whatever an edit leaves. Host is said by :authority. */
const unsent = dropTable(
  FIELD.connection,
  FIELD.keepAlive,
  FIELD.proxyConnection,
  FIELD.transferEncoding,
  FIELD.upgrade,
  FIELD.te,
  FIELD.http2Settings,
  FIELD.host,
);
/** RFC 8441 section 5: what the handshake of HTTP/1.1 needs and an extended CONNECT does not. */
const unsentInTunnel = unsent.slice();
unsentInTunnel[FIELD.webSocketKey] = 1;
unsentInTunnel[FIELD.webSocketAccept] = 1;
unsentInTunnel[FIELD.contentLength] = 1;

/** Indexes of the static table (RFC 7541 appendix A). */
const methodIndexes: Readonly<Record<string, number>> = { GET: 2, POST: 3 };
const schemeIndexes = { http: 6, https: 7 } as const;
const statusIndexes: Readonly<Record<number, number>> = {
  200: 8,
  204: 9,
  206: 10,
  304: 11,
  400: 12,
  404: 13,
  500: 14,
};
const ROOT_PATH_INDEX = 4;

/** For pseudo-fields, whatever a table needs, and the head of a frame. */
const FIXED_ROOM = 256;

/**
 * What an extended CONNECT asks for (RFC 8441), or ''. Only WebSocket is taken over: a request for any other protocol is
 * answered without it. Through a tunnel of one nobody here knows, further requests would pass unseen.
 */
export function protocolOf(head: RequestHead): '' | 'websocket' {
  return head.upgrade === 'websocket' ? 'websocket' : '';
}

/** A name that the codec writes by itself, with the values of it that the peer knows. */
class OwnName {
  readonly name: SentName;
  readonly home = new Map<string, SentEntry>();

  constructor(text: string) {
    this.name = new SentName(text);
  }
}

/** Writes heads and trailers as HEADERS and, where one is too large, CONTINUATION (RFC 9113 section 8.1). */
export class HeadWriter {
  maxFrameBytes: number;
  readonly encoder: Encoder;
  private readonly output: Output;
  private readonly method = new OwnName(':method');
  private readonly path = new OwnName(':path');
  private readonly authority = new OwnName(':authority');
  private readonly protocol = new OwnName(':protocol');
  private readonly status = new OwnName(':status');
  private readonly te = new OwnName('te');
  private blockStart = 0;
  /** How long the last head was, with the headers of its frames. */
  lastBytes = 0;

  constructor(output: Output, tableBytes: number, maxFrameBytes: number) {
    this.output = output;
    this.encoder = new Encoder(tableBytes);
    this.maxFrameBytes = maxFrameBytes;
  }

  request(
    stream: number,
    head: RequestHead,
    edit: RequestEdit,
    scheme: 'http' | 'https',
    ended: boolean,
  ): void {
    const { encoder } = this;
    const path = edit.path === '' ? head.path : edit.path;
    const authority = edit.authority === '' ? head.authority : edit.authority;
    const protocol = protocolOf(head);
    const method = protocol === '' ? head.method : 'CONNECT';
    this.begin(head.end + edit.added.length + path.length + authority.length);
    const methodIndex = methodIndexes[method];
    if (methodIndex !== undefined) encoder.indexed(methodIndex);
    else this.own(this.method, method);
    if (protocol !== '') this.own(this.protocol, protocol);
    if (head.form !== 'authority') {
      encoder.indexed(schemeIndexes[scheme]);
      if (path === '/') encoder.indexed(ROOT_PATH_INDEX);
      else this.own(this.path, path);
    }
    this.own(this.authority, authority);
    this.fields(head, edit, protocol === '' ? unsent : unsentInTunnel);
    if (head.acceptsTrailers) this.own(this.te, 'trailers');
    this.end(stream, ended, true);
  }

  response(stream: number, head: ResponseHead, edit: HeadEdit, ended: boolean): void {
    const switched = head.status === 101;
    this.begin(head.end + edit.added.length);
    this.writeStatus(switched ? 200 : head.status);
    this.fields(head, edit, switched ? unsentInTunnel : unsent);
    this.end(stream, ended, head.status >= 200 || switched);
  }

  /** A head of our own, made of whole lines. */
  plain(stream: number, status: number, lines: string, ended: boolean): void {
    this.begin(lines.length);
    this.writeStatus(status);
    this.encoder.plainLines(lines);
    this.end(stream, ended, status >= 200);
  }

  trailers(stream: number, lines: string): void {
    this.begin(lines.length);
    this.encoder.plainLines(lines);
    this.end(stream, true, false);
  }

  private begin(characters: number): void {
    // A line takes at most its own length and two bytes more, and has four characters at least.
    const block = FIXED_ROOM + characters * 2;
    const frames = 1 + Math.floor(block / this.maxFrameBytes);
    this.output.reserve(block + frames * HEADER_BYTES);
    this.blockStart = this.output.at + HEADER_BYTES;
    this.encoder.begin(this.output.slab, this.blockStart);
  }

  private own({ name, home }: OwnName, value: string): void {
    this.encoder.pseudo(name, home, value);
  }

  private writeStatus(status: number): void {
    const index = statusIndexes[status];
    if (index !== undefined) this.encoder.indexed(index);
    else this.own(this.status, String(status));
  }

  private fields(section: FieldSection, edit: HeadEdit, left: Uint8Array): void {
    const { encoder } = this;
    const { dropped, removed } = edit;
    for (let index = 0; index < section.count; index++) {
      const id = section.idAt(index);
      if (left[id] === 1 || !section.keeps(index, dropped, removed)) continue;
      encoder.line(section.lineAt(index), id, section.isSensitiveAt(index));
    }
    if (edit.added !== '') encoder.plainLines(edit.added);
  }

  /** `isLast`: END_STREAM may yet be set, when nothing follows after all. */
  private end(stream: number, ended: boolean, isLast: boolean): void {
    const { output, blockStart, maxFrameBytes } = this;
    const { slab } = output;
    const start = blockStart - HEADER_BYTES;
    const length = this.encoder.at - blockStart;
    const endStream = ended ? FLAG.endStream : 0;
    if (length <= maxFrameBytes) {
      writeFrameHeader(slab, start, length, FRAME.headers, FLAG.endHeaders | endStream, stream);
      output.at = blockStart + length;
    } else {
      writeFrameHeader(slab, start, maxFrameBytes, FRAME.headers, endStream, stream);
      output.at = this.spread(stream, length);
    }
    this.lastBytes = output.at - start;
    if (isLast && !ended) output.markFlags(start + 4, stream);
  }

  /** Moves what does not fit apart, the last part first, to make room for the heads of the frames between. */
  private spread(stream: number, length: number): number {
    const { blockStart, maxFrameBytes } = this;
    const { slab } = this.output;
    const more = Math.ceil(length / maxFrameBytes) - 1;
    for (let part = more; part > 0; part--) {
      const from = blockStart + part * maxFrameBytes;
      const to = from + part * HEADER_BYTES;
      const size = Math.min(maxFrameBytes, length - part * maxFrameBytes);
      slab.copyWithin(to, from, from + size);
      const flags = part === more ? FLAG.endHeaders : 0;
      writeFrameHeader(slab, to - HEADER_BYTES, size, FRAME.continuation, flags, stream);
    }
    return blockStart + length + more * HEADER_BYTES;
  }
}
