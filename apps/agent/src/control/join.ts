import {
  agentPath,
  type CertificateGrant,
  certificateGrantSchema,
  type JoinInput,
  joinTokenPattern,
  protocolVersion,
} from '@tulle/mesh/agent-protocol';
import type { Self } from '@tulle/mesh/service-view';
import * as z from 'zod/mini';
import type { CertificateRequest } from '../identity/certificate-request.ts';
import { type Identity, identityFrom } from '../identity/identity.ts';
import { ApiConnection } from './api-connection.ts';
import { controlPlaneDomain, joinTls, spiffeIdOf } from './api-tls.ts';
import { fetchPinnedRoot } from './pinned-root.ts';
import { RpcError } from './rpc-error.ts';

const timeoutMs = 10_000;
const responseSchema = z.object({
  result: z.optional(z.object({ data: z.optional(z.unknown()) })),
  error: z.optional(z.unknown()),
});

/**
 * Exchanges a join token for the first certificate. The server must hold the root whose fingerprint is in the token
 * before it sees the token. With the same `request` it may be asked again when an answer was lost. Rejects with an
 * `RpcError` of one sentence.
 */
export async function join(
  api: URL,
  token: string,
  self: Self,
  { keyPem, csrPem }: CertificateRequest,
): Promise<Identity> {
  const fingerprint = joinTokenPattern.exec(token)?.[3];
  if (fingerprint === undefined) {
    throw new RpcError(
      'invalid_token',
      'This is not a join token: it should read tulle1_<id>_<secret>_<fingerprint>; copy it whole from the dashboard.',
    );
  }
  const rootPem = await fetchPinnedRoot(api, fingerprint, timeoutMs);
  const { grant, domain } = await exchange(api, rootPem, { protocolVersion, token, csrPem, ...self });
  if (grant.trustDomain !== domain) {
    throw new RpcError('bad_response', `The API of ${domain} gave a certificate of ${grant.trustDomain}.`);
  }
  return identityFrom(grant, keyPem, Date.now());
}

async function exchange(
  api: URL,
  rootPem: string,
  input: JoinInput,
): Promise<{ grant: CertificateGrant; domain: string }> {
  let domain: string | undefined;
  let body: string;
  try {
    const connection = await ApiConnection.open(api, joinTls(rootPem), timeoutMs);
    domain = controlPlaneDomain(spiffeIdOf(connection.socket.getPeerCertificate()) ?? '');
    const fields = ['content-type: application/json', 'connection: close'];
    const text = JSON.stringify(input);
    body = (await connection.request('POST', `${agentPath}/agents.join`, fields, text)).body;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RpcError('unavailable', `The API at ${api.origin} cannot be reached: ${reason}.`, {
      cause: error,
    });
  }
  return { grant: readGrant(body), domain: domain ?? '' };
}

function readGrant(text: string): CertificateGrant {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new RpcError('bad_response', 'The API answered the join with something that is not JSON.', {
      cause: error,
    });
  }
  const response = responseSchema.parse(body);
  if (response.error !== undefined) throw RpcError.fromShape(response.error);
  return certificateGrantSchema.parse(response.result?.data);
}
