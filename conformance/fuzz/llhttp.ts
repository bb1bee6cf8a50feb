import { createRequire } from 'node:module';
import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import { RequestReader } from '@tulle/wire/http1/request-reader';
import { ResponseReader } from '@tulle/wire/http1/response-reader';

/** What both readers say of a message; field values as they stand, names too. */
interface Message {
  readonly start: string;
  readonly fields: string;
  body: string;
  isComplete: boolean;
}

interface LlhttpParser {
  [callback: number]: unknown;
  initialize(type: number, resource: object, maxHeadBytes: number): void;
  execute(bytes: Buffer): number | Error;
  finish(): Error | undefined;
}
interface NodeHttpCommon {
  readonly HTTPParser: (new () => LlhttpParser) & Readonly<Record<string, number>>;
  /** By the parser's number of the method. */
  readonly methods: readonly string[];
}

/** llhttp as Node itself uses it, strict: without any of its lenient flags. Node has no public door to it. */
const common: NodeHttpCommon = createRequire(import.meta.url)('_http_common');
const { HTTPParser, methods: knownMethods } = common;
/** More than ours, which refuses first. */
const MAX_HEAD_BYTES = 128 * 1024;
const constant = (name: string): number => HTTPParser[name] as number;
/** Used again and again, as Node does: one that is left is only taken back when the event loop turns. */
const parser = new HTTPParser();

/** Reads until the first message that ends the connection or switches its protocol: what follows is no HTTP. */
function readWithLlhttp(
  bytes: Buffer,
  isResponse: boolean,
): { messages: Message[]; refusal: string | undefined } {
  const messages: Message[] = [];
  parser.initialize(constant(isResponse ? 'RESPONSE' : 'REQUEST'), {}, MAX_HEAD_BYTES);
  let early: string[] = [];
  let earlyUrl = '';
  // Called when there are many fields, and for trailers.
  parser[constant('kOnHeaders')] = (fields: string[], url: string) => {
    early = early.concat(fields);
    earlyUrl += url;
  };
  parser[constant('kOnHeadersComplete')] = (
    _major: number,
    _minor: number,
    fields: string[] | undefined,
    method: number | undefined,
    url: string | undefined,
    status: number | undefined,
  ) => {
    const start = isResponse ? String(status) : `${knownMethods[method ?? -1]} ${url ?? earlyUrl}`;
    messages.push({ start, fields: JSON.stringify(early.concat(fields ?? [])), body: '', isComplete: false });
    early = [];
    earlyUrl = '';
    return 0;
  };
  parser[constant('kOnBody')] = (part: Buffer) => {
    const last = messages.at(-1);
    if (last !== undefined) last.body += part.toString('latin1');
  };
  parser[constant('kOnMessageComplete')] = () => {
    const last = messages.at(-1);
    if (last !== undefined) last.isComplete = true;
    early = [];
    earlyUrl = '';
  };
  const result = parser.execute(bytes);
  return { messages, refusal: result instanceof Error ? `${result.message}` : undefined };
}

class Sink {
  readonly messages: Message[] = [];
  /** Nothing behind this message is compared. */
  isLast = false;
  private readonly isResponse: boolean;

  constructor(isResponse: boolean) {
    this.isResponse = isResponse;
  }

  onHead(head: RequestHead | ResponseHead): void {
    if (this.isLast) return;
    const start = 'method' in head ? `${head.method} ${head.target}` : String(head.status);
    this.messages.push({ start, fields: JSON.stringify(head.entries().flat()), body: '', isComplete: false });
    const isKnown = !('method' in head) || (knownMethods.includes(head.method) && head.method !== 'CONNECT');
    // A method that llhttp does not know says nothing about framing; neither does a tunnel.
    if (!isKnown || head.upgrade !== '') this.messages.pop();
    // llhttp stops behind every Upgrade, also behind one with content, which RFC 9110 section 7.8 lets be passed over.
    const stops = head.upgradeOption && head.known(FIELD.upgrade) !== undefined;
    if (!isKnown || stops || !head.persistent || this.isResponse) this.isLast = true;
  }

  onInterim(): void {
    this.isLast = true;
  }

  onBody(
    bytes: { toString(encoding: 'latin1', start: number, end: number): string },
    start: number,
    end: number,
  ): void {
    const last = this.messages.at(-1);
    if (last !== undefined && !last.isComplete) last.body += bytes.toString('latin1', start, end);
  }

  onEnd(): void {
    const last = this.messages.at(-1);
    if (last !== undefined) last.isComplete = true;
  }

  onRefusal(): void {}
}

/** Whatever our readers accept, llhttp has to accept with the same framing. Throws when it does not. */
export function compareWithLlhttp(input: Buffer): void {
  const isResponse = ((input[0] ?? 0) & 1) !== 0;
  const bytes = Buffer.from(input.subarray(2));
  const sink = new Sink(isResponse);
  const reader = isResponse ? new ResponseReader(sink) : new RequestReader(sink);
  if (reader instanceof ResponseReader) reader.expect('GET', false);
  reader.push(bytes);
  const ours = sink.messages.filter(({ isComplete }) => isComplete);
  if (ours.length === 0) return;
  const theirs = readWithLlhttp(bytes, isResponse);
  for (const [index, message] of ours.entries()) {
    const other = theirs.messages[index];
    const isSame =
      other?.isComplete &&
      other.start === message.start &&
      other.fields === message.fields &&
      other.body === message.body;
    if (!isSame) {
      const text = JSON.stringify(bytes.toString('latin1'));
      throw new Error(
        `llhttp reads something else (${theirs.refusal}):\n${text}\nours ${JSON.stringify(message)}\nllhttp ${JSON.stringify(other)}`,
      );
    }
  }
}
