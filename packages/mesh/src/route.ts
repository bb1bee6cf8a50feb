import * as z from 'zod/mini';
import { between, cookieNameSchema, headerNameSchema, headerValueSchema, percentSchema } from './bounds.ts';
import { portSchema, serviceNameSchema, versionNameSchema } from './names.ts';
import { rateLimitSchema } from './rate-limit.ts';
import { retriesSchema } from './retries.ts';
import {
  checkFault,
  checkHeaderModifier,
  checkMatch,
  checkMatchablePath,
  checkRegularExpressions,
  checkRule,
  checkRules,
} from './route-checks.ts';
import { stickySchema } from './sticky.ts';

/** An absolute path as it stands in a request target, without query. */
const pathSchema = z
  .string()
  .check(
    z.maxLength(1_024),
    z.regex(/^\/(?:[!-"$&->@-~]|%[0-9a-fA-F]{2})*$/, 'a path that begins with / and has no ?, # or bare %'),
  );
const matchablePathSchema = pathSchema.check(z.superRefine(checkMatchablePath));

/** Runs in linear time, so without backreferences and look-around; the whole text must match. */
const regularExpressionSchema = z.string().check(z.minLength(1), z.maxLength(1_024));

/** Gateway API's HTTPPathMatch: `PathPrefix` goes by whole elements, `/a` matches `/a` and `/a/b` but not `/ab`. */
export const pathMatchSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('Exact'), value: matchablePathSchema }),
  z.strictObject({ type: z.literal('PathPrefix'), value: matchablePathSchema }),
  z
    .strictObject({ type: z.literal('RegularExpression'), value: regularExpressionSchema })
    .check(z.superRefine(checkRegularExpressions)),
]);
export type PathMatch = z.infer<typeof pathMatchSchema>;

const matchType = z._default(z.enum(['Exact', 'RegularExpression']), 'Exact');

export const headerMatchSchema = z
  .strictObject({
    type: matchType,
    name: headerNameSchema,
    value: z.string().check(z.maxLength(4_096)),
  })
  .check(z.superRefine(checkRegularExpressions));
export const queryParamMatchSchema = z
  .strictObject({
    type: matchType,
    name: z.string().check(z.minLength(1), z.maxLength(256)),
    value: z.string().check(z.maxLength(1_024)),
  })
  .check(z.superRefine(checkRegularExpressions));
export const cookieMatchSchema = z
  .strictObject({
    type: matchType,
    name: cookieNameSchema,
    value: z.string().check(z.maxLength(4_096)),
  })
  .check(z.superRefine(checkRegularExpressions));

/** All that is named must hold. Of several matches that hold, the most specific wins (Gateway API's order). */
export const routeMatchSchema = z
  .strictObject({
    path: z.optional(pathMatchSchema),
    method: z.optional(z.string().check(z.regex(/^[A-Z]{1,32}$/, 'a method in capitals'))),
    headers: z._default(z.array(headerMatchSchema).check(z.maxLength(16)), []),
    queryParams: z._default(z.array(queryParamMatchSchema).check(z.maxLength(16)), []),
    cookies: z._default(z.array(cookieMatchSchema).check(z.maxLength(16)), []),
    /** Name of the calling service, proved by its certificate. */
    source: z.optional(serviceNameSchema),
    /** Stands for the path `/<service>/<method>`; either may be left out. */
    grpc: z.optional(
      z.strictObject({
        service: z.optional(
          z.string().check(z.maxLength(256), z.regex(/^[A-Za-z0-9_.]+$/, 'a full service name')),
        ),
        method: z.optional(z.string().check(z.maxLength(256), z.regex(/^[A-Za-z0-9_]+$/, 'a method name'))),
      }),
    ),
  })
  .check(z.superRefine(checkMatch));
export type RouteMatch = z.infer<typeof routeMatchSchema>;

const headerSchema = z.strictObject({ name: headerNameSchema, value: headerValueSchema });
export const headerModifierSchema = z
  .strictObject({
    set: z._default(z.array(headerSchema).check(z.maxLength(32)), []),
    add: z._default(z.array(headerSchema).check(z.maxLength(32)), []),
    remove: z._default(z.array(headerNameSchema).check(z.maxLength(32)), []),
  })
  .check(z.superRefine(checkHeaderModifier));
export type HeaderModifier = z.infer<typeof headerModifierSchema>;

const hostnameSchema = z
  .string()
  .check(
    z.maxLength(253),
    z.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, 'a host name in lower case'),
  );

export const pathModifierSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ReplaceFullPath'), replaceFullPath: pathSchema }),
  z.strictObject({ type: z.literal('ReplacePrefixMatch'), replacePrefixMatch: pathSchema }),
]);
export type PathModifier = z.infer<typeof pathModifierSchema>;

export const requestRedirectSchema = z
  .strictObject({
    scheme: z.optional(z.enum(['http', 'https'])),
    hostname: z.optional(hostnameSchema),
    port: z.optional(portSchema),
    path: z.optional(pathModifierSchema),
    statusCode: z._default(z.literal([301, 302, 303, 307, 308]), 302),
  })
  .check(
    z.refine(
      ({ scheme, hostname, port, path }) => (scheme ?? hostname ?? port ?? path) !== undefined,
      'name what differs: scheme, hostname, port or path; otherwise callers are sent where they already are',
    ),
  );
export type RequestRedirect = z.infer<typeof requestRedirectSchema>;

export const urlRewriteSchema = z
  .strictObject({
    hostname: z.optional(hostnameSchema),
    path: z.optional(pathModifierSchema),
  })
  .check(z.refine(({ hostname, path }) => (hostname ?? path) !== undefined, 'name a hostname or a path'));

export const requestMirrorSchema = z.strictObject({
  backendRef: z
    .strictObject({ name: z.optional(serviceNameSchema), version: z.optional(versionNameSchema) })
    .check(
      z.refine(({ name, version }) => (name ?? version) !== undefined, 'name a service, a version or both'),
    ),
  percent: z._default(percentSchema, 100),
});
export type RequestMirror = z.infer<typeof requestMirrorSchema>;

/** Faults on purpose. With `header`, only requests that carry it (with any value) are concerned. */
export const faultSchema = z
  .strictObject({
    header: z.optional(headerNameSchema),
    delay: z.optional(
      z.strictObject({ delayMs: between(1, 600_000), percent: z._default(percentSchema, 100) }),
    ),
    abort: z.optional(
      z.strictObject({
        status: z._default(between(200, 599), 503),
        /** For gRPC calls, in place of the status. */
        grpcStatus: z._default(between(1, 16), 14),
        percent: z._default(percentSchema, 100),
      }),
    ),
  })
  .check(z.superRefine(checkFault));
export type Fault = z.infer<typeof faultSchema>;

const headerFilters = [
  z.strictObject({
    type: z.literal('RequestHeaderModifier'),
    requestHeaderModifier: headerModifierSchema,
  }),
  z.strictObject({
    type: z.literal('ResponseHeaderModifier'),
    responseHeaderModifier: headerModifierSchema,
  }),
] as const;

export const routeFilterSchema = z.discriminatedUnion('type', [
  ...headerFilters,
  z.strictObject({ type: z.literal('RequestRedirect'), requestRedirect: requestRedirectSchema }),
  z.strictObject({ type: z.literal('URLRewrite'), urlRewrite: urlRewriteSchema }),
  z.strictObject({ type: z.literal('RequestMirror'), requestMirror: requestMirrorSchema }),
  z.strictObject({ type: z.literal('Fault'), fault: faultSchema }),
  z.strictObject({ type: z.literal('RateLimit'), rateLimit: rateLimitSchema }),
]);
export type RouteFilter = z.infer<typeof routeFilterSchema>;

/**
 * Where requests of a rule go, in proportion to `weight` (not percent). Without `name` it is the service of the route,
 * without `version` that service's own split.
 */
export const backendRefSchema = z.strictObject({
  name: z.optional(serviceNameSchema),
  version: z.optional(versionNameSchema),
  weight: z._default(between(0, 1_000_000), 1),
  filters: z._default(z.array(z.discriminatedUnion('type', headerFilters)).check(z.maxLength(8)), []),
});
export type BackendRef = z.infer<typeof backendRefSchema>;

export const routeRuleSchema = z
  .strictObject({
    /** Shown in metrics and logs. */
    name: z.optional(
      z
        .string()
        .check(z.maxLength(63), z.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'letters, digits and dashes')),
    ),
    /** One of them must hold; none at all means every request. */
    matches: z._default(z.array(routeMatchSchema).check(z.maxLength(64)), []),
    filters: z._default(z.array(routeFilterSchema).check(z.maxLength(16)), []),
    /** None means the service of the route by its own split. */
    backendRefs: z._default(z.array(backendRefSchema).check(z.maxLength(16)), []),
    timeouts: z.optional(
      z.strictObject({
        requestMs: z.optional(between(0, 3_600_000)),
        perTryMs: z.optional(between(0, 3_600_000)),
      }),
    ),
    /** In place of those of the service's Policy. */
    retries: z.optional(retriesSchema),
    /** The same user stays with the same version: see {@link stickySchema} and TrafficSplit's `sticky`. */
    sticky: z.optional(stickySchema),
  })
  .check(z.superRefine(checkRule));
export type RouteRule = z.infer<typeof routeRuleSchema>;

export const routeRulesSchema = z
  .array(routeRuleSchema)
  .check(z.minLength(1), z.maxLength(2_000), z.superRefine(checkRules));

/** Rules for the requests to one service; a request that matches none goes by the service's split alone. */
export const routeSchema = z.strictObject({
  kind: z.literal('Route'),
  service: serviceNameSchema,
  rules: routeRulesSchema,
});
export type Route = z.infer<typeof routeSchema>;
