import 'reflect-metadata';
import { createHash, X509Certificate } from 'node:crypto';
import https from 'node:https';
import tls from 'node:tls';
import * as x509 from '@peculiar/x509';
import {
  agentPath,
  type CertificateGrant,
  type ConfigMessage,
  certificateGrantSchema,
  configMessageSchema,
  type HelloInput,
  protocolVersion,
} from '@tulle/mesh/agent-protocol';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { exportPrivateKey, keyAlgorithm, newKeyPair, privateKeyPem } from '../identity/x509.ts';
import { parseToken } from '../join-tokens/token-text.ts';

/** Speaks the agent protocol over real TLS, for specs and benches: an agent without a data plane. */
export interface SimulatedIdentity {
  readonly keyPem: string;
  readonly grant: CertificateGrant;
}

const errorSchema = z.object({
  message: z.string(),
  data: z.object({ httpStatus: z.number(), mesh: z.object({ code: z.string() }) }),
});
const replySchema = z.object({
  id: z.union([z.number(), z.string(), z.null()]).optional(),
  error: errorSchema.optional(),
  result: z.object({ type: z.string().optional(), data: z.unknown().optional() }).optional(),
});
const refusalSchema = z.object({ code: z.string(), message: z.string() });

/** What the API answered instead of a result. */
export class RefusedByApi extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export async function newRequest(): Promise<{ keyPem: string; csrPem: string }> {
  const keys = await newKeyPair();
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: keyAlgorithm });
  return { keyPem: privateKeyPem(await exportPrivateKey(keys.privateKey)), csrPem: csr.toString('pem') };
}

export async function join(
  port: number,
  self: { token: string; service: string; version: string; instance: string },
  made?: Awaited<ReturnType<typeof newRequest>>,
): Promise<SimulatedIdentity> {
  const { keyPem, csrPem } = made ?? (await newRequest());
  const body = JSON.stringify({ ...self, csrPem, protocolVersion });
  const fingerprint = parseToken(self.token)?.rootFingerprint;
  const reply = await new Promise<z.infer<typeof replySchema>>((resolve, reject) => {
    const request = https.request(
      {
        host: '127.0.0.1',
        port,
        path: `${agentPath}/agents.join`,
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        // The chain is not trusted yet: the root's fingerprint in the token says whether it may be.
        rejectUnauthorized: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          try {
            resolve(replySchema.parse(JSON.parse(Buffer.concat(chunks).toString())));
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    request.on('socket', (socket) => {
      socket.once('secureConnect', () => {
        if (!(socket instanceof tls.TLSSocket)) return;
        let certificate = socket.getPeerCertificate(true);
        while (certificate.issuerCertificate && certificate.issuerCertificate !== certificate) {
          certificate = certificate.issuerCertificate;
        }
        const root = createHash('sha256').update(certificate.raw).digest('hex');
        if (fingerprint !== undefined && root !== fingerprint) {
          request.destroy(new Error('the API is not of the mesh of this token'));
        }
      });
    });
    request.on('error', reject);
    request.end(body);
  });
  if (reply.error) throw new RefusedByApi(reply.error.data.mesh.code, reply.error.message);
  return { keyPem, grant: certificateGrantSchema.parse(reply.result?.data) };
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** One WebSocket of an agent. */
export class SimulatedAgent {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, { resolve: (data: unknown) => void; reject: (error: Error) => void }>();
  #id = 0;
  #onConfig: ((message: ConfigMessage) => void) | undefined;
  #configId = -1;
  readonly closed: Promise<Closed>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(String(data)));
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        for (const { reject } of this.#pending.values()) reject(new Error(`closed: ${code} ${reason}`));
        this.#pending.clear();
        resolve({ code, reason: String(reason) });
      });
    });
  }

  /** Rejects with RefusedByApi when the API does not want this certificate. */
  static connect(
    port: number,
    credentials: { keyPem?: string; certPem?: string; caPem?: string },
  ): Promise<SimulatedAgent> {
    const { keyPem, certPem, caPem } = credentials;
    const agent = new https.Agent({
      ...(keyPem !== undefined && { key: keyPem }),
      ...(certPem !== undefined && { cert: certPem }),
      ...(caPem !== undefined && { ca: caPem }),
      rejectUnauthorized: caPem !== undefined,
      // The name is the SPIFFE ID, not an address.
      checkServerIdentity: (_host, certificate) =>
        certificate.subjectaltname?.endsWith('/control-plane')
          ? undefined
          : new Error('not the control plane'),
    });
    const socket = new WebSocket(`wss://127.0.0.1:${port}${agentPath}`, { agent });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new SimulatedAgent(socket)));
      socket.on('error', reject);
      socket.once('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const refusal = refusalSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
          reject(new RefusedByApi(refusal.code, refusal.message));
        });
      });
    });
  }

  static of(port: number, { keyPem, grant }: SimulatedIdentity): Promise<SimulatedAgent> {
    return SimulatedAgent.connect(port, {
      keyPem,
      certPem: grant.certificateChainPem,
      caPem: grant.trustBundlePem,
    });
  }

  call(path: string, input: unknown): Promise<unknown> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#socket.send(
        JSON.stringify({ id, method: 'mutation', params: { path: `agents.${path}`, input } }),
      );
    });
  }

  hello(input: Partial<HelloInput> & Pick<HelloInput, 'instance' | 'version'>): Promise<unknown> {
    return this.call('hello', {
      protocolVersion,
      agentVersion: '0.1.0',
      host: 'test',
      pid: process.pid,
      startedAt: Date.now(),
      ...input,
    });
  }

  /** Calls back for every config message; the caller acknowledges. */
  config(
    input: { services: string[]; held: Record<string, string> },
    onMessage: (message: ConfigMessage) => void,
  ): void {
    this.#onConfig = onMessage;
    this.#configId = ++this.#id;
    this.#socket.send(
      JSON.stringify({
        id: this.#configId,
        method: 'subscription',
        params: { path: 'agents.config', input },
      }),
    );
  }

  /** Takes every config message, as a healthy agent does. */
  follow(
    input: { services: string[]; held: Record<string, string> },
    onMessage: (message: ConfigMessage) => void = () => undefined,
  ): void {
    this.config(input, (message) => {
      onMessage(message);
      // A connection that closes meanwhile has nobody to tell.
      this.ack(message).catch(() => undefined);
    });
  }

  ack(message: ConfigMessage, rejected: { name: string; reason: string }[] = []): Promise<unknown> {
    return this.call('ack', { push: message.push, revision: message.revision, rejected });
  }

  close(code?: number): Promise<Closed> {
    this.#socket.close(code);
    return this.closed;
  }

  terminate(): Promise<Closed> {
    this.#socket.terminate();
    return this.closed;
  }

  #receive(text: string): void {
    if (text === 'PING') {
      this.#socket.send('PONG');
      return;
    }
    const reply = replySchema.parse(JSON.parse(text));
    if (reply.id === this.#configId) {
      if (reply.result?.type === 'data') this.#onConfig?.(configMessageSchema.parse(reply.result.data));
      return;
    }
    const pending = this.#pending.get(Number(reply.id));
    this.#pending.delete(Number(reply.id));
    if (reply.error) pending?.reject(new RefusedByApi(reply.error.data.mesh.code, reply.error.message));
    else pending?.resolve(reply.result?.data);
  }
}

export function spiffeIdOf(pem: string): string | undefined {
  return /URI:(\S+)/.exec(new X509Certificate(pem).subjectAltName ?? '')?.[1];
}
