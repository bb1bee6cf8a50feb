-- Where an instance runs: callers of the same zone may prefer it.
ALTER TABLE "agent" ADD COLUMN "zone" TEXT NOT NULL DEFAULT '';
