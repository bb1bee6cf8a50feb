-- Which root a certificate leads to: until now there was one.
ALTER TABLE "certificate_authority"
  ADD COLUMN "rootFingerprint" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "retiredAt" TIMESTAMPTZ(3);
ALTER TABLE "certificate" ADD COLUMN "rootFingerprint" TEXT NOT NULL DEFAULT '';

UPDATE "certificate_authority" SET "rootFingerprint" = root."fingerprint"
FROM (SELECT "fingerprint" FROM "certificate_authority" WHERE "kind" = 'root' ORDER BY "notAfter" DESC LIMIT 1) AS root;
UPDATE "certificate" SET "rootFingerprint" = root."fingerprint"
FROM (SELECT "fingerprint" FROM "certificate_authority" WHERE "kind" = 'root' ORDER BY "notAfter" DESC LIMIT 1) AS root;

-- Each exchange of the root certificate; the one under way has no end.
CREATE TABLE "root_rotation" (
    "id" UUID NOT NULL,
    "phase" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "oldFingerprint" TEXT NOT NULL,
    "newFingerprint" TEXT NOT NULL,
    "bridge" TEXT NOT NULL,
    "bridgeNotAfter" TIMESTAMPTZ(3) NOT NULL,
    "acts" JSONB NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "root_rotation_pkey" PRIMARY KEY ("id")
);
-- One at a time.
CREATE UNIQUE INDEX "root_rotation_active" ON "root_rotation" (("endedAt" IS NULL)) WHERE "endedAt" IS NULL;
