import * as z from 'zod/mini';
import { serviceNameSchema, versionNameSchema } from './names.ts';
import { type Sticky, stickySchema } from './sticky.ts';

/** Percentages with at most two decimals, so that a sum of 100 can be checked exactly in hundredths. */
export const weightSchema = z.number().check(
  z.minimum(0, 'a weight is at least 0'),
  z.maximum(100, 'a weight is at most 100'),
  z.refine((n) => Math.abs(n * 100 - Math.round(n * 100)) < 1e-6, 'at most two decimals'),
);

export const versionWeightSchema = z.strictObject({ version: versionNameSchema, weight: weightSchema });
export type VersionWeight = z.infer<typeof versionWeightSchema>;

export const weightsSchema = z.array(versionWeightSchema).check(
  z.minLength(1, 'name at least one version'),
  z.maxLength(20, 'at most 20 versions'),
  z.superRefine((weights, context) => {
    const seen = new Set<string>();
    for (const [index, { version }] of weights.entries()) {
      if (seen.has(version))
        context.addIssue({
          code: 'custom',
          path: [index, 'version'],
          message: `${version} stands here twice`,
        });
      seen.add(version);
    }
    const hundredths = weights.reduce((sum, { weight }) => sum + Math.round(weight * 100), 0);
    if (hundredths !== 10_000)
      context.addIssue({
        code: 'custom',
        path: [],
        message: `weights must sum to 100, these sum to ${hundredths / 100}`,
      });
  }),
);

export const trafficSplitSchema = z.strictObject({
  kind: z.literal('TrafficSplit'),
  service: serviceNameSchema,
  weights: weightsSchema,
  /**
   * The same user stays with the same version. The version is computed from the key alone, so that nothing is stored:
   * when weights change, only as many users move as the change demands. With a session, nobody does (see
   * `docs/routing.md`).
   */
  sticky: z.optional(stickySchema),
});
export type TrafficSplit = z.infer<typeof trafficSplitSchema>;

/** The split of a service with other weights, and with other stickiness where that is named: null is none. */
export function reweighted(
  split: TrafficSplit | undefined,
  service: string,
  weights: readonly VersionWeight[],
  sticky: Sticky | null | undefined = split?.sticky,
): TrafficSplit {
  const { sticky: _before, ...rest } = split ?? {};
  return { ...rest, kind: 'TrafficSplit', service, weights: [...weights], ...(sticky && { sticky }) };
}
