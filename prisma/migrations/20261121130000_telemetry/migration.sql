-- An agent that said goodbye is no endpoint any more, also for replicas that start later.
ALTER TABLE "agent" ADD COLUMN "leftAt" TIMESTAMPTZ(3);

-- Measured traffic. Rows are only ever added: what arrives late for a bucket is one more row, and readers merge.
-- side: 0 outbound, 1 inbound. latency: see apps/api/src/telemetry/packing.ts.
CREATE TABLE "telemetry_10s" (
    "at" TIMESTAMPTZ(0) NOT NULL,
    "side" SMALLINT NOT NULL,
    "source" TEXT NOT NULL,
    "destination" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "tls" BOOLEAN NOT NULL,
    "ok" BIGINT NOT NULL,
    "clientErrors" BIGINT NOT NULL,
    "serverErrors" BIGINT NOT NULL,
    "meshErrors" BIGINT NOT NULL,
    "meshErrorCodes" JSONB,
    "retries" BIGINT NOT NULL,
    "bytesSent" BIGINT NOT NULL,
    "bytesReceived" BIGINT NOT NULL,
    "latency" BYTEA NOT NULL
) PARTITION BY RANGE ("at");

CREATE INDEX "telemetry_10s_at_idx" ON "telemetry_10s" ("at");

CREATE TABLE "telemetry_1m" (LIKE "telemetry_10s" INCLUDING DEFAULTS) PARTITION BY RANGE ("at");

CREATE INDEX "telemetry_1m_at_idx" ON "telemetry_1m" ("at");

-- Minutes before this are rolled up and closed: nothing may be added to them any more.
CREATE TABLE "telemetry_watermark" (
    "id" BOOLEAN NOT NULL PRIMARY KEY DEFAULT true CHECK ("id"),
    "at" TIMESTAMPTZ(0) NOT NULL
);

-- What of each agent's cumulative counters is in the rollups; written in the same transaction as they are.
CREATE TABLE "telemetry_cursor" (
    "agentId" UUID NOT NULL REFERENCES "agent" ("id") ON DELETE CASCADE,
    "epoch" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    -- The cursor this one was computed from, -1 for none: two replicas never count the same requests twice.
    "baseSeq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "series" BYTEA NOT NULL,
    PRIMARY KEY ("agentId", "epoch")
);

CREATE INDEX "telemetry_cursor_at_idx" ON "telemetry_cursor" ("at");

-- The most requests that one instance of a version served in a bucket of 10 s.
CREATE TABLE "telemetry_peak" (
    "at" TIMESTAMPTZ(0) NOT NULL,
    "service" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "requests" BIGINT NOT NULL
);

CREATE INDEX "telemetry_peak_at_idx" ON "telemetry_peak" ("at");
