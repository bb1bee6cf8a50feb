import * as z from 'zod/mini';
import { portSchema, serviceNameSchema } from './names.ts';

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const hostname = new RegExp(`^(?:\\*\\.)?(?:${label}\\.)*${label}$`);
const address = /(?:^|\.)[0-9]+$/;

/** Gateway API's Hostname: a name, or `*.` and a name for all that stand below it, however deep. */
export const gatewayHostnameSchema = z.string().check(
  z.maxLength(253),
  z.regex(hostname, 'a host name in lower case, or *. and one'),
  z.refine((text) => !address.test(text), 'a name, not an address'),
);

/** Requests for any of these hosts go to the service, by its own rules, policy and split. */
export const gatewayRouteSchema = z.strictObject({
  hostnames: z.array(gatewayHostnameSchema).check(z.minLength(1), z.maxLength(64)),
  service: serviceNameSchema,
});
export type GatewayRoute = z.infer<typeof gatewayRouteSchema>;

/** How a request in plain text is sent to https; `port` is the one the world knows, which may be another's than ours. */
export const httpsRedirectSchema = z.strictObject({
  statusCode: z._default(z.literal([301, 308]), 308),
  port: z._default(portSchema, 443),
});
export type HttpsRedirect = z.infer<typeof httpsRedirectSchema>;

/** Of several hostnames that fit, the most specific wins, so that their order means nothing. */
export const gatewayRoutesSchema = z
  .array(gatewayRouteSchema)
  .check(z.maxLength(1_000), z.superRefine(checkHostnamesOnce));

/** What an agent lets in from outside of the mesh. Ports and certificates are the machine's own and stand elsewhere. */
export const gatewayEntrySchema = z.strictObject({
  routes: gatewayRoutesSchema,
  httpsRedirect: z.optional(httpsRedirectSchema),
});
export type GatewayEntry = z.infer<typeof gatewayEntrySchema>;

export const gatewaySchema = z.strictObject({
  kind: z.literal('Gateway'),
  /** The service that its agents stand for, and as which they call others. */
  service: serviceNameSchema,
  ...gatewayEntrySchema.shape,
});
export type Gateway = z.infer<typeof gatewaySchema>;

function checkHostnamesOnce(
  routes: readonly GatewayRoute[],
  context: z.core.$RefinementCtx<GatewayRoute[]>,
): void {
  const seen = new Set<string>();
  for (const [index, { hostnames }] of routes.entries())
    for (const [place, name] of hostnames.entries()) {
      if (seen.has(name))
        context.issues.push({
          code: 'custom',
          path: [index, 'hostnames', place],
          message: `${name} stands here twice`,
          input: name,
        });
      seen.add(name);
    }
}
