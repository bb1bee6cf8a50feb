-- When somebody was last here, to the minute: sessions end, and with them what they know of it.
ALTER TABLE "user" ADD COLUMN "lastSeenAt" TIMESTAMPTZ(3);

-- With these, programs speak in the name of the person who made them.
CREATE TABLE "api_token" (
    "id" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "api_token_secretHash_key" ON "api_token"("secretHash");

CREATE INDEX "api_token_userId_idx" ON "api_token"("userId");

ALTER TABLE "api_token" ADD CONSTRAINT "api_token_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
