import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import {
  agentPath,
  type CertificateGrant,
  certificateGrantSchema,
  type JoinInput,
  joinTokenPattern,
  protocolVersion,
} from '@tulle/mesh/agent-protocol';
import type { Self } from '@tulle/mesh/service-view';
import { z } from 'zod';
import { makeCertificateRequest } from '../identity/certificate-request.ts';
import { type Identity, identityFrom } from '../identity/identity.ts';
import { controlPlaneDomain, joinTls, spiffeIdOf } from './api-tls.ts';
import { fetchPinnedRoot } from './pinned-root.ts';
import { RpcError } from './rpc-error.ts';

const timeoutMs = 10_000;
const maxResponseBytes = 256 * 1024;
const responseSchema = z.object({
  result: z.object({ data: z.unknown().optional() }).optional(),
  error: z.unknown().optional(),
});

/**
 * Exchanges a join token for the first certificate. The server must hold the root whose fingerprint is in the token
 * before it sees the token. Rejects with an `RpcError` of one sentence.
 */
export async function join(api: URL, token: string, self: Self): Promise<Identity> {
  const fingerprint = joinTokenPattern.exec(token)?.[3];
  if (fingerprint === undefined) {
    throw new RpcError(
      'invalid_token',
      'This is not a join token: it should read tulle1_<id>_<secret>_<fingerprint>; copy it whole from the dashboard.',
    );
  }
  const rootPem = await fetchPinnedRoot(api, fingerprint, timeoutMs);
  const { keyPem, csrPem } = await makeCertificateRequest(self.instance);
  const { grant, domain } = await exchange(api, rootPem, { protocolVersion, token, csrPem, ...self });
  if (grant.trustDomain !== domain) {
    throw new RpcError('bad_response', `The API of ${domain} gave a certificate of ${grant.trustDomain}.`);
  }
  return identityFrom(grant, keyPem, Date.now());
}

function exchange(
  api: URL,
  rootPem: string,
  input: JoinInput,
): Promise<{ grant: CertificateGrant; domain: string }> {
  return new Promise((resolve, reject) => {
    let domain = '';
    const call = request(
      new URL(`${agentPath}/agents.join`, api),
      {
        ...joinTls(rootPem),
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        timeout: timeoutMs,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxResponseBytes) call.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.once('end', () => {
          try {
            resolve({ grant: readGrant(Buffer.concat(chunks).toString('utf8')), domain });
          } catch (error) {
            reject(error);
          }
        });
        response.once('error', (error) => reject(unreachable(api, error)));
      },
    );
    call.once('socket', (socket) => {
      socket.once('secureConnect', () => {
        domain = controlPlaneDomain(spiffeIdOf((socket as TLSSocket).getPeerCertificate()) ?? '') ?? '';
      });
    });
    call.once('timeout', () => call.destroy(new Error('no answer in time')));
    call.once('error', (error) => reject(unreachable(api, error)));
    call.end(JSON.stringify(input));
  });
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

function unreachable(api: URL, error: Error): RpcError {
  return new RpcError('unavailable', `The API at ${api.origin} cannot be reached: ${error.message}.`, {
    cause: error,
  });
}
