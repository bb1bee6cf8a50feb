import { closeCodes } from '@tulle/mesh/agent-protocol';
import * as z from 'zod/mini';
import type { ApiResponse } from './api-connection.ts';
import { parseJson } from './parse-json.ts';
import { RpcError } from './rpc-error.ts';

const refusalSchema = z.object({ code: z.string(), message: z.string() });

/** The API answered the upgrade with a plain response: its JSON says why. */
export function refusal({ status, body }: ApiResponse): RpcError {
  const { data } = refusalSchema.safeParse(parseJson(body));
  if (data !== undefined) return new RpcError(data.code, data.message);
  return new RpcError('unavailable', `The API refused the connection with status ${status}.`);
}

export function closeError(url: URL, code: number, reason: string): RpcError {
  const said = reason === '' ? '' : `: ${reason}`;
  switch (code) {
    case closeCodes.revoked:
      return new RpcError('revoked', reason || 'This instance was revoked.');
    case closeCodes.replaced:
      return new RpcError('replaced', `The same instance has connected to the API anew${said}.`);
    case closeCodes.unauthenticated:
      return new RpcError('unauthenticated', reason || 'The API does not accept the certificate any more.');
    default:
      return new RpcError(
        'unavailable',
        `The connection to the API at ${url.host} was closed (${code})${said}.`,
      );
  }
}

/** What OpenSSL says when the chain of the API is not under the roots this agent trusts. */
const untrusted = /^(SELF_SIGNED_CERT|UNABLE_TO_|CERT_|DEPTH_ZERO)/;
const notInTime = /^CERT_(HAS_EXPIRED|NOT_YET_VALID)/;

/** In words for whoever runs the agent; `untrusted_api` where another certificate of this agent might help. */
export function asRpcError(url: URL, error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = 'code' in cause ? String(cause.code) : '';
  if (code.includes('CERTIFICATE_REVOKED')) {
    return new RpcError('revoked', 'The API says that the certificate of this agent is revoked.', { cause });
  }
  return new RpcError(untrusted.test(code) ? 'untrusted_api' : 'unavailable', sentenceOf(url, cause, code), {
    cause,
  });
}

function sentenceOf({ host }: URL, cause: Error, code: string): string {
  // Of a failed handshake the message is a line of OpenSSL's log, with its files and numbers.
  const said = 'reason' in cause ? String(cause.reason) : cause.message || code || 'unknown error';
  if (notInTime.test(code))
    return `The certificate of the API at ${host} is not valid now (${said}): is the clock of this machine right, and the API's?`;
  if (untrusted.test(code))
    return `The API at ${host} is not of the mesh that this agent joined (${said}): if the address is right, start the agent with a join token of that mesh.`;
  if (code.startsWith('ERR_SSL_')) return `There is no API at ${host} that speaks TLS as agents do: ${said}.`;
  return `The API at ${host} cannot be reached: ${said}.`;
}
