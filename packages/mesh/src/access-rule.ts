import * as z from 'zod/mini';
import { serviceNameSchema } from './names.ts';

/** Who may call a service. A service with a rule accepts only the callers it names; one without takes the mesh's default. */
export const accessRuleSchema = z.strictObject({
  kind: z.literal('AccessRule'),
  service: serviceNameSchema,
  allow: z.array(z.union([serviceNameSchema, z.literal('*')])).check(z.maxLength(1000)),
});
export type AccessRule = z.infer<typeof accessRuleSchema>;
