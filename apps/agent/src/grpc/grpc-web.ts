import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import { dropTable, FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { Base64Decoder } from './base64-decoder.ts';
import { type GrpcFlavour, grpcFlavourOf, messageFormatOf } from './is-grpc.ts';

const none = dropTable();
/** Most significant bit of a frame's first byte: it holds trailers (PROTOCOL-WEB, Message framing 2). */
const TRAILERS_FLAG = 0x80;

/** The bridge for a request that came as gRPC-Web; undefined for every other. */
export function grpcWebOf(head: RequestHead): GrpcWeb | undefined {
  if (head.method !== 'POST') return undefined;
  const contentType = head.known(FIELD.contentType);
  const flavour = grpcFlavourOf(contentType);
  if (contentType === undefined || flavour === undefined || flavour === 'grpc') return undefined;
  return new GrpcWeb(contentType, flavour, head.known(FIELD.accept));
}

/**
 * One gRPC-Web call on its way to a service that speaks gRPC, and back (PROTOCOL-WEB of grpc/grpc). Messages are framed
 * the same in both, so bodies pass as they come, but for the text form, which is base64; nothing is held back but three
 * characters of it. Trailers become the last frame of the body. CORS is left to the service.
 */
export class GrpcWeb {
  /** How the caller is answered. */
  readonly flavour: GrpcFlavour;
  private readonly format: string;
  private readonly decoder: Base64Decoder | undefined;

  constructor(contentType: string, flavour: GrpcFlavour, accept: string | undefined) {
    this.format = messageFormatOf(contentType);
    this.decoder = flavour === 'grpc-web-text' ? new Base64Decoder() : undefined;
    this.flavour = acceptedFlavour(accept) ?? flavour;
  }

  /** Field lines in place of content-type and te; content-length is dropped, because the body may change. */
  get requestLines(): string {
    return `content-type: application/grpc${this.format}\r\nte: trailers\r\n`;
  }

  /** Undefined when the body is not what it says it is. */
  requestBody(bytes: Bytes, start: number, end: number): Bytes | undefined {
    return this.decoder === undefined ? bytes.subarray(start, end) : this.decoder.decode(bytes, start, end);
  }

  /** Whether the request may end here. */
  get requestIsComplete(): boolean {
    return this.decoder === undefined || this.decoder.isComplete;
  }

  /**
   * Field lines in place of content-type, when the answer is gRPC's, with that content type; content-length is dropped.
   * Undefined for an answer that is something else, an HTML page of a proxy say: then all of it passes as it is.
   */
  responseLines(contentType: string | undefined): string | undefined {
    if (contentType === undefined || grpcFlavourOf(contentType) !== 'grpc') return undefined;
    return `content-type: application/${this.flavour}${messageFormatOf(contentType)}\r\n`;
  }

  /** Each piece is encoded with its own padding, so that no byte of a message waits for the next. */
  responseBody(bytes: Bytes, start: number, end: number): Bytes {
    return this.flavour === 'grpc-web-text' ? base64(bytes.subarray(start, end)) : bytes.subarray(start, end);
  }

  /** The last frame of the body. None follows a head that ended the answer: that head holds the status already. */
  responseTrailers(trailers: FieldSection): Bytes {
    let lines = '';
    for (let index = 0; index < trailers.count; index++) {
      if (!trailers.keeps(index, none, undefined)) continue;
      lines += `${trailers.lowerNameAt(index)}: ${trailers.valueAt(index)}\r\n`;
    }
    return this.trailersFrame(lines);
  }

  /** The same of field lines, for a call the mesh itself ends. */
  trailersFrame(lines: string): Bytes {
    const frame = Buffer.allocUnsafe(5 + lines.length);
    frame[0] = TRAILERS_FLAG;
    frame.writeUInt32BE(lines.length, 1);
    frame.write(lines, 5, 'latin1');
    return this.flavour === 'grpc-web-text' ? base64(frame) : frame;
  }
}

/** Of the members of Accept the first that names a form of gRPC-Web. */
function acceptedFlavour(accept: string | undefined): GrpcFlavour | undefined {
  for (const member of accept?.split(',') ?? []) {
    const flavour = grpcFlavourOf(member.trim());
    if (flavour === 'grpc-web' || flavour === 'grpc-web-text') return flavour;
  }
  return undefined;
}

function base64(bytes: Uint8Array): Bytes {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return Buffer.from(text, 'latin1');
}
