import { FieldSection } from '@tulle/wire/http/field-section';
import { FIELD } from '@tulle/wire/http/known-fields';
import { RequestHead } from '@tulle/wire/http/message-head';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GrpcWeb, grpcWebOf } from './grpc-web.ts';
import { isGrpcCall } from './is-grpc.ts';

function callWith(contentType: string, accept?: string): GrpcWeb {
  const head = new RequestHead(16);
  head.method = 'POST';
  head.addLine(FIELD.contentType, `content-type: ${contentType}\r\n`, 12);
  if (accept !== undefined) head.addLine(FIELD.accept, `accept: ${accept}\r\n`, 6);
  const call = grpcWebOf(head);
  if (call === undefined) throw new Error(`${contentType} is not gRPC-Web`);
  return call;
}

/** Cuts bytes into pieces, each in the middle of larger memory. */
function cut(bytes: Buffer, sizes: readonly number[]): { bytes: Buffer; start: number; end: number }[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  pieces.push(bytes.subarray(at));
  return pieces.map((piece) => ({
    bytes: Buffer.concat([Buffer.from('##'), piece, Buffer.from('#')]),
    start: 2,
    end: 2 + piece.length,
  }));
}

const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
const content = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

function decodeRequest(call: GrpcWeb, body: Buffer, pieces: readonly number[]): Buffer | undefined {
  const out: Uint8Array[] = [];
  for (const { bytes, start, end } of cut(body, pieces)) {
    const decoded = call.requestBody(bytes, start, end);
    if (decoded === undefined) return undefined;
    out.push(decoded);
  }
  return call.requestIsComplete ? Buffer.concat(out) : undefined;
}

describe('a gRPC-Web request', () => {
  it('is no other', () => {
    const head = new RequestHead(16);
    head.method = 'POST';
    expect(grpcWebOf(head)).toBeUndefined();
    head.addLine(FIELD.contentType, 'content-type: application/grpc\r\n', 12);
    expect(grpcWebOf(head)).toBeUndefined();
  });

  it.each(['GET', 'CONNECT', 'OPTIONS'])('is no %s, whatever it says of its content', (method) => {
    for (const type of ['grpc', 'grpc-web', 'grpc-web-text']) {
      const head = new RequestHead(16);
      head.addLine(FIELD.contentType, `content-type: application/${type}\r\n`, 12);
      head.method = 'POST';
      expect(isGrpcCall(head) || grpcWebOf(head) !== undefined).toBe(true);
      head.method = method;
      expect([isGrpcCall(head), grpcWebOf(head)]).toEqual([false, undefined]);
    }
  });

  it('asks the service for gRPC', () => {
    expect(callWith('application/grpc-web+proto').requestLines).toBe(
      'content-type: application/grpc+proto\r\nte: trailers\r\n',
    );
    expect(callWith('application/grpc-web-text').requestLines).toBe(
      'content-type: application/grpc\r\nte: trailers\r\n',
    );
  });

  it('passes as it is when it is binary', () => {
    fc.assert(
      fc.property(content, sizes, (body, pieces) => {
        expect(decodeRequest(callWith('application/grpc-web'), body, pieces)).toEqual(body);
      }),
    );
  });

  it('is decoded from base64 however it was cut, with padding wherever it was flushed', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 5 }), sizes, (flushes, pieces) => {
        const text = flushes.map((bytes) => bytes.toString('base64')).join('');
        const decoded = decodeRequest(callWith('application/grpc-web-text'), Buffer.from(text), pieces);
        expect(decoded).toEqual(Buffer.concat(flushes));
      }),
    );
  });

  it.each(['AAA', 'A', 'AA=A', 'A===', '====', 'AAAA=', 'AA==A', 'AA A', 'AA-_', 'AAAA\n', 'é'])(
    'is refused when %j is not base64',
    (text) => {
      const body = Buffer.from(text, 'latin1');
      expect(decodeRequest(callWith('application/grpc-web-text'), body, [])).toBeUndefined();
      expect(decodeRequest(callWith('application/grpc-web-text'), body, [1, 1, 1, 1])).toBeUndefined();
    },
  );
});

describe('the answer to a gRPC-Web request', () => {
  it.each([
    ['application/grpc-web+proto', undefined, 'grpc-web'],
    ['application/grpc-web-text+proto', undefined, 'grpc-web-text'],
    ['application/grpc-web-text', '*/*', 'grpc-web-text'],
    ['application/grpc-web', 'application/grpc-web-text', 'grpc-web-text'],
    ['application/grpc-web-text', 'text/html, application/grpc-web+proto', 'grpc-web'],
  ])('to %s that accepts %s is %s', (contentType, accept, flavour) => {
    const call = callWith(contentType, accept);
    expect(call.flavour).toBe(flavour);
    expect(call.responseLines('application/grpc+proto')).toBe(
      `content-type: application/${flavour}+proto\r\n`,
    );
  });

  it('is left alone when it is not of gRPC', () => {
    const call = callWith('application/grpc-web');
    expect(call.responseLines('text/html')).toBeUndefined();
    expect(call.responseLines(undefined)).toBeUndefined();
  });

  it.each(['application/grpc-web', 'application/grpc-web-text'])(
    'ends with its trailers as a frame in %s',
    (type) => {
      const trailers = new FieldSection(8);
      trailers.addLine(FIELD.grpcStatus, 'grpc-status: 0\r\n', 11);
      trailers.addLine(FIELD.other, 'X-Custom: é\r\n', 8);
      trailers.addLine(FIELD.other, 'set-cookie: a=b\r\n', 10);
      trailers.leaveOut('set-cookie');
      fc.assert(
        fc.property(content, sizes, (body, pieces) => {
          const call = callWith(type);
          const out = cut(body, pieces).map(({ bytes, start, end }) => call.responseBody(bytes, start, end));
          out.push(call.responseTrailers(trailers));
          const text = 'grpc-status: 0\r\nx-custom: é\r\n';
          const frame = Buffer.concat([
            Buffer.from([0x80, 0, 0, 0, text.length]),
            Buffer.from(text, 'latin1'),
          ]);
          const reader = callWith(type);
          expect(decodeRequest(reader, Buffer.concat(out), [])).toEqual(Buffer.concat([body, frame]));
        }),
      );
    },
  );

  it('can be read after every piece', () => {
    const call = callWith('application/grpc-web-text');
    const reader = callWith('application/grpc-web-text');
    const piece = call.responseBody(Buffer.from('abcd'), 0, 4);
    expect(reader.requestBody(piece, 0, piece.length)?.toString('latin1')).toBe('abcd');
  });
});
