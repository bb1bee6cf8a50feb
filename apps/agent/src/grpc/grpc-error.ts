import { type DataPathErrorCode, dataPathErrors } from '../errors.ts';
import type { MeshAnswer } from '../forward/mesh-answer.ts';
import { encodeGrpcMessage } from './grpc-status.ts';
import type { GrpcFlavour } from './is-grpc.ts';
import { grpcStatusOfError } from './mesh-error-status.ts';

/**
 * A failure of the mesh's own as callers of gRPC read it: Trailers-Only, which is one head that ends the stream, with
 * HTTP status 200 (PROTOCOL-HTTP2, Responses; PROTOCOL-WEB, Message framing 4). `detail` may hold anything; `lines` are
 * further fields of the answer.
 */
export function grpcErrorAnswer(
  code: DataPathErrorCode,
  detail: string,
  flavour: GrpcFlavour,
  lines = '',
  grpcStatus: number = grpcStatusOfError[code],
): MeshAnswer {
  return {
    status: 200,
    lines: `content-type: application/${flavour}\r\n${grpcErrorLines(code, detail, grpcStatus)}${lines}`,
    body: '',
  };
}

/** The same for calls that had begun to be answered: fields for the trailers. */
export function grpcErrorLines(
  code: DataPathErrorCode,
  detail: string,
  grpcStatus: number = grpcStatusOfError[code],
): string {
  const { message } = dataPathErrors[code];
  const text = detail === '' ? message : `${message}: ${detail}`;
  return `grpc-status: ${grpcStatus}\r\ngrpc-message: ${encodeGrpcMessage(text)}\r\nx-tulle-error: ${code}\r\n`;
}
