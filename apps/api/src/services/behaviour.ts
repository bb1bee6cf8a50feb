import { defaultPolicy, type Policy } from '@tulle/mesh/policy';
import { describePolicy } from '@tulle/mesh/policy-words';
import { describeRule } from '@tulle/mesh/route-words';
import { stickyTerms } from '@tulle/mesh/sticky-words';
import { unusualFields } from '@tulle/mesh/unusual-fields';
import type { Database } from '@tulle/prisma/database';
import { z } from 'zod';
import type { ConfigStore } from '../changes/config-store.ts';
import type { BehaviourView, LastChange, PolicyPart } from './view.ts';

/** More are read on the page of their change, or as YAML. */
const shownRules = 20;

/** Parts of a policy whose words leave nothing out. */
const wholeInWords: ReadonlySet<string> = new Set(['rateLimits', 'healthCheck']);

const rowsSchema = z.array(
  z.object({ kind: z.string(), revision: z.int(), at: z.date(), author: z.string() }),
);

/** What is declared of requests to a service, in words, and who declared it last. */
export async function behaviourOf(
  service: string,
  { database, configStore }: { database: Pick<Database, 'prisma'>; configStore: ConfigStore },
): Promise<BehaviourView> {
  const route = configStore.resource('Route', service);
  const policy = configStore.resource('Policy', service);
  const sticky = configStore.resource('TrafficSplit', service)?.sticky;
  const isPlain = route === undefined && policy === undefined;
  const changes = isPlain ? new Map<string, LastChange>() : await lastChanges(service, database);
  return {
    rules: (route?.rules ?? []).slice(0, shownRules).map(describeRule),
    ruleCount: route?.rules.length ?? 0,
    rulesChanged: (route && changes.get('Route')) ?? null,
    sticky: sticky === undefined ? null : stickyTerms(sticky),
    policy: partsOf(policy ?? defaultPolicy(service)),
    policyChanged: (policy && changes.get('Policy')) ?? null,
  };
}

/** Every part of a policy with those of its fields that somebody has set. */
function partsOf(policy: Policy): PolicyPart[] {
  const all = unusualFields(policy);
  return describePolicy(policy).map(({ part, title, words }) => {
    const unusual = all.filter(({ field }) => field === part || field.startsWith(`${part}.`));
    const told = wholeInWords.has(part) ? [] : unusual;
    return {
      ...{ title, words, isSet: unusual.length > 0 },
      unusual: told.map(({ field, value, usual }) => ({ field, value, usual: usual ?? null })),
    };
  });
}

async function lastChanges(
  service: string,
  { prisma }: Pick<Database, 'prisma'>,
): Promise<ReadonlyMap<string, LastChange>> {
  const rows = await prisma.$queryRaw`
    SELECT resource.kind, change.revision, change.at, change.author
    FROM resource JOIN change USING (revision)
    WHERE resource.service = ${service} AND resource.kind IN ('Route', 'Policy')`;
  return new Map(
    rowsSchema.parse(rows).map(({ kind, at, ...change }) => [kind, { ...change, at: at.getTime() }]),
  );
}
