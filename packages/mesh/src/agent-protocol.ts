import * as z from 'zod/mini';
import {
  instanceNameSchema,
  portSchema,
  serviceNameSchema,
  trustDomainSchema,
  versionNameSchema,
  zoneSchema,
} from './names.ts';

/**
 * What agents and API say to each other: tRPC over TLS 1.3. `agents.join` goes over HTTP without a client
 * certificate; all else goes over one WebSocket with mutual TLS. Unknown keys are ignored on both sides.
 */
export const protocolVersion = 1;

/**
 * Where the agents' listener serves tRPC: `POST https://<api>/trpc/agents.join` without batching, and
 * `wss://<api>/trpc` for everything else. Its chain ends with the root certificate, so that a joiner can check the
 * fingerprint of its token. A WebSocket that is refused gets 401 or 403 with `{"code", "message"}` in JSON.
 */
export const agentPath = '/trpc';

/** Why a WebSocket was closed. Both sides treat any other code as a lost connection, to be made again. */
export const closeCodes = {
  /** By the agent: it goes for good, nobody should send it requests any more. */
  goodbye: 1000,
  /** By the API: it stops or restarts; reconnect, to another replica when there is one. */
  serverStops: 1001,
  /** By the API: the certificate has expired, or the first call was not `hello`. */
  unauthenticated: 4401,
  /** By the API: this instance was revoked; only a new join token brings it back. */
  revoked: 4403,
  /** By the API: the same instance has connected anew; this connection is the older one. */
  replaced: 4409,
} as const;

const text = (maxLength: number) => z.string().check(z.maxLength(maxLength));
const pem = text(16_384);
const hash = z.string().check(z.length(64));

/** `agents.join` (mutation): a single-use token and a CSR for the first certificate. */
export const joinInputSchema = z.object({
  protocolVersion: z.int(),
  token: text(200),
  csrPem: pem,
  service: serviceNameSchema,
  version: versionNameSchema,
  instance: instanceNameSchema,
});
export type JoinInput = z.infer<typeof joinInputSchema>;

/** A signed leaf with its chain, and what to trust. */
export const certificateGrantSchema = z.object({
  /** Leaf first, then the intermediate. */
  certificateChainPem: pem,
  trustBundlePem: text(65_536),
  trustDomain: trustDomainSchema,
  serial: z.string(),
  /** Milliseconds since the epoch. */
  notBefore: z.number(),
  notAfter: z.number(),
});
export type CertificateGrant = z.infer<typeof certificateGrantSchema>;

/** `agents.renew` (mutation over mTLS): the old certificate is the proof. */
export const renewInputSchema = z.object({ csrPem: pem });

/** `agents.hello` (mutation, first on every WebSocket): who this is and where its mesh port listens. */
export const helloInputSchema = z.object({
  protocolVersion: z.int(),
  instance: instanceNameSchema,
  version: versionNameSchema,
  agentVersion: text(50),
  host: text(253),
  /** Where other agents reach this one; absent for pure callers, such as a load generator. */
  inbound: z.optional(z.object({ host: text(253), port: portSchema })),
  /** Where it runs; callers may prefer instances of their own zone. */
  zone: z.optional(zoneSchema),
  pid: z.int(),
  startedAt: z.number(),
});
export type HelloInput = z.infer<typeof helloInputSchema>;
export const helloOutputSchema = z.object({ agentId: z.string(), reportIntervalMs: z.int() });

/** `agents.config` (subscription): names wanted and hashes held; own service and `mesh` are always included. */
export const configInputSchema = z.object({
  services: z.array(serviceNameSchema).check(z.maxLength(10_000)),
  /** Resource name -> hash of the text held. */
  held: z.record(z.string(), hash),
});
export type ConfigInput = z.infer<typeof configInputSchema>;

/** One resource as ready JSON text: `mesh` (MeshView) or `service/<name>` (ServiceView). */
export const resourceTextSchema = z.object({ name: z.string(), hash, text: z.string() });
export type ResourceText = z.infer<typeof resourceTextSchema>;

/** What the subscription yields. The first message is always sent, even when nothing differs. */
export const configMessageSchema = z.object({
  /** Grows with every message of a subscription; named in the ACK. */
  push: z.int(),
  /** The newest revision of the mesh that this message brings the agent to. */
  revision: z.int(),
  resources: z.array(resourceTextSchema),
  /** Names of resources that do not exist: dropped by the agent, and answered at once when they were asked for. */
  drop: z.array(z.string()),
  /** Asked of this agent beside configuration. */
  directives: z._default(z.array(z.enum(['renew-certificate'])), []),
});
export type ConfigMessage = z.infer<typeof configMessageSchema>;

/** `agents.watch` (mutation): more services this agent calls, on first use. Answered by a config message. */
export const watchInputSchema = z.object({
  services: z.array(serviceNameSchema).check(z.minLength(1), z.maxLength(1_000)),
});

/** `agents.ack` (mutation): what became of a config message. A resource that is not rejected is in force. */
export const ackInputSchema = z.object({
  push: z.int(),
  revision: z.int(),
  rejected: z.array(z.object({ name: text(100), reason: text(1_000) })),
});
export type AckInput = z.infer<typeof ackInputSchema>;

/** One check instead of three: a report has tens of thousands of these. */
const count = z
  .number()
  .check(
    z.refine((value) => Number.isSafeInteger(value) && value >= 0, 'a whole number that is not negative'),
  );

/** Sparse exponential histogram with base 2^(1/8) (OpenTelemetry scale 3); values in milliseconds. */
export const histogramCountsSchema = z.object({
  zero: count,
  /** Index of the first bucket in `counts`; bucket i holds (2^(i/8), 2^((i+1)/8)] ms. */
  offset: z.int().check(z.minimum(-1_000), z.maximum(1_000)),
  counts: z.array(count).check(z.maxLength(512)),
  sum: z.number().check(z.minimum(0)),
});
export type HistogramCounts = z.infer<typeof histogramCountsSchema>;

/** Cumulative since the agent's epoch, for one edge and version as seen from one side. */
export const seriesCountersSchema = z.object({
  side: z.enum(['outbound', 'inbound']),
  source: text(63),
  destination: text(63),
  /** Version of the destination that answered; `` when none did. */
  version: text(63),
  /** Whether the hop was mutual TLS. */
  tls: z.boolean(),
  requests: count,
  /** Outcomes: HTTP 1xx-3xx, 4xx, 5xx of the service, and requests the mesh itself failed. requests = their sum. */
  ok: count,
  clientErrors: count,
  serverErrors: count,
  meshErrors: count,
  /** Mesh failures by code, such as `connect_failed`; sums to meshErrors. */
  meshErrorCodes: z.record(text(40), count),
  retries: count,
  bytesSent: count,
  bytesReceived: count,
  latency: histogramCountsSchema,
});
export type SeriesCounters = z.infer<typeof seriesCountersSchema>;

/** More are left out, the least pressing first. */
export const mostStandings = 64;

/** An endpoint that a caller's agent does not use as it uses the others, and why. */
export const endpointStandingSchema = z.object({
  service: text(63),
  /** The instance, or what identifies a static endpoint. */
  endpoint: text(300),
  /** Such as `ejected`; an agent may know more of them than the API. */
  state: text(30),
  /** In words; `` when there is nothing to say. */
  reason: text(200),
  /** How much longer, in milliseconds, so that the clocks need not agree; absent when that depends on what comes. */
  forMs: z.optional(z.number().check(z.minimum(0))),
});
export type EndpointStanding = z.infer<typeof endpointStandingSchema>;

/** What an agent proves itself with and whom it believes, in force as it says so. */
export const trustReportSchema = z.object({
  /** Serial of its certificate, lower-case hex. */
  serial: text(64),
  /** SHA-256 of the DER of each root it trusts, lower-case hex. */
  roots: z.array(hash).check(z.maxLength(16)),
});
export type TrustReport = z.infer<typeof trustReportSchema>;

/** `agents.report` (mutation): cumulative counters, so a report lost or repeated changes nothing. */
export const reportInputSchema = z.object({
  /** One run of the agent; counters restart at zero with a new one. A former epoch's last counters may be reported late. */
  epoch: z.string().check(z.minLength(8), z.maxLength(64)),
  /** Grows within an epoch; an older or equal one is ignored. */
  seq: z.int().check(z.minimum(0)),
  /** The agent's clock, milliseconds since the epoch of time. */
  at: z.number(),
  /**
   * Those that changed since the last acknowledged report. The first report on every connection holds all of them:
   * an API that crashed has lost what it acknowledged but had not made durable.
   */
  series: z.array(seriesCountersSchema).check(z.maxLength(50_000)),
  /** The state of the process now; absent when an earlier epoch is reported. */
  gauges: z.optional(
    z.object({
      rssBytes: count,
      cpuMs: z.number().check(z.minimum(0)),
      connections: count,
      activeRequests: count,
      localHealthy: z.boolean(),
      /** It has been told to stop, and finishes what is in flight. */
      draining: z.optional(z.boolean()),
      standings: z.optional(z.array(endpointStandingSchema).check(z.maxLength(mostStandings))),
    }),
  ),
  /** Absent without a certificate, when an earlier epoch is reported, and from agents of former versions. */
  trust: z.optional(trustReportSchema),
});
export type ReportInput = z.infer<typeof reportInputSchema>;
export const reportOutputSchema = z.object({
  /** The highest sequence number that is stored for good or held in memory. */
  seq: z.int(),
  /** The epoch's counters up to `seq` have reached the database: a former epoch may be forgotten by the agent. */
  durable: z.boolean(),
  reportIntervalMs: z.int(),
});
export type ReportOutput = z.infer<typeof reportOutputSchema>;

/** The text of a join token: `tulle1_<id>_<secret>_<SHA-256 of the root certificate, hex>`. */
export const joinTokenPattern = /^tulle1_([A-Za-z0-9]{8,40})_([A-Za-z0-9]{32,64})_([0-9a-f]{64})$/;
