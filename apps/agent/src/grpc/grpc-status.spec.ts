import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataPathErrors, isDataPathErrorCode } from '../errors.ts';
import { grpcErrorAnswer } from './grpc-error.ts';
import {
  decodeGrpcMessage,
  encodeGrpcMessage,
  GRPC_STATUS,
  grpcStatusNames,
  grpcStatusOfHttp,
  parseGrpcStatus,
} from './grpc-status.ts';
import { type GrpcFlavour, grpcFlavourOf, isGrpc, messageFormatOf } from './is-grpc.ts';
import { grpcStatusOfError } from './mesh-error-status.ts';
import { outcomeOfGrpc } from './outcome.ts';

describe('the content type', () => {
  it.each<[string | undefined, GrpcFlavour | undefined]>([
    ['application/grpc', 'grpc'],
    ['application/grpc+proto', 'grpc'],
    ['application/grpc;charset=utf-8', 'grpc'],
    ['application/grpc ; x=1', 'grpc'],
    ['Application/GRPC+json', 'grpc'],
    ['application/grpc-web', 'grpc-web'],
    ['application/grpc-web+proto', 'grpc-web'],
    ['application/grpc-web-text', 'grpc-web-text'],
    ['application/grpc-web-text+proto', 'grpc-web-text'],
    ['application/grpc-web-text-base64', 'grpc-web-text'],
    ['application/grpc-webby', undefined],
    ['application/grpc-web-texts', undefined],
    ['application/grpcx', undefined],
    ['application/grp', undefined],
    ['application/graphql', undefined],
    ['application/json', undefined],
    ['text/html; application/grpc', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s', (contentType, flavour) => {
    expect(grpcFlavourOf(contentType)).toBe(flavour);
    expect(isGrpc(contentType)).toBe(flavour === 'grpc');
  });

  it('keeps the format of messages', () => {
    expect(messageFormatOf('application/grpc-web+proto; x=1')).toBe('+proto; x=1');
    expect(messageFormatOf('application/grpc')).toBe('');
  });
});

describe('grpc-status', () => {
  it('has the numbers of the specification', () => {
    expect(grpcStatusNames.map((name) => GRPC_STATUS[name])).toEqual(
      grpcStatusNames.map((_, index) => index),
    );
  });

  it.each([
    [undefined, undefined],
    ['0', 0],
    ['16', 16],
    ['17', 2],
    ['00', 2],
    ['-1', 2],
    ['1.0', 2],
    ['', 2],
    ['14, 14', 2],
  ])('%s is read as %s', (value, status) => {
    expect(parseGrpcStatus(value)).toBe(status);
  });

  it.each([
    [200, 2],
    [400, 13],
    [401, 16],
    [403, 7],
    [404, 12],
    [408, 2],
    [418, 2],
    [429, 14],
    [431, 13],
    [500, 2],
    [502, 14],
    [503, 14],
    [504, 14],
  ])('an answer with HTTP status %i and none of gRPC is %i', (http, grpc) => {
    expect(grpcStatusOfHttp(http)).toBe(grpc);
  });

  it('counts against the service what it says of itself', () => {
    const counted = (outcome: string) =>
      [...grpcStatusNames, 'X'].filter((_, status) => outcomeOfGrpc(status) === outcome);
    expect(counted('ok')).toEqual(['OK']);
    expect(counted('serverError')).toEqual([
      'UNKNOWN',
      'DEADLINE_EXCEEDED',
      'UNIMPLEMENTED',
      'INTERNAL',
      'UNAVAILABLE',
      'DATA_LOSS',
      'X',
    ]);
    expect(counted('clientError')).toHaveLength(10);
  });
});

describe('grpc-message', () => {
  it('says any text in visible ASCII', () => {
    expect(encodeGrpcMessage('50% \r\nüber 😀~')).toBe('50%25 %0D%0A%C3%BCber %F0%9F%98%80~');
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 30 }), (units) => {
        const text = String.fromCharCode(...units);
        const encoded = encodeGrpcMessage(text);
        expect(encoded).toMatch(/^[ -~]*$/);
        expect(decodeGrpcMessage(encoded)).toBe(text.toWellFormed());
      }),
    );
  });

  it('is read whatever it holds', () => {
    expect(decodeGrpcMessage('100% of %4a %zz %')).toBe('100% of J %zz %');
    expect(decodeGrpcMessage('%ff!')).toBe('\ufffd!');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'%0fFgü ') }), (text) => void decodeGrpcMessage(text)),
    );
  });
});

describe('an error of the mesh', () => {
  it('is one head with a status and the reason', () => {
    expect(grpcErrorAnswer('connect_failed', 'réfused\r\nx: y', 'grpc')).toEqual({
      status: 200,
      lines:
        'content-type: application/grpc\r\ngrpc-status: 14\r\n' +
        'grpc-message: The service could not be reached: r%C3%A9fused%0D%0Ax: y\r\nx-tulle-error: connect_failed\r\n',
      body: '',
    });
  });

  it('carries further fields, and the status a rule asks for', () => {
    const { lines } = grpcErrorAnswer('fault_injected', '', 'grpc-web', 'retry-after: 1\r\n', 8);
    expect(lines).toContain('content-type: application/grpc-web\r\ngrpc-status: 8\r\n');
    expect(lines).toMatch(/\r\nretry-after: 1\r\n$/);
  });

  it('has a status for every code, and is never a success', () => {
    for (const code of Object.keys(dataPathErrors)) {
      if (!isDataPathErrorCode(code)) throw new Error(code);
      expect(grpcStatusOfError[code]).toBeGreaterThan(0);
    }
  });
});
