import * as z from 'zod/mini';
import './zod-messages.ts';

/** A DNS label (RFC 1123): services are reachable as `<name>.mesh`, so their names must be labels. */
export const serviceNameSchema = z
  .string()
  .check(
    z.maxLength(63, 'at most 63 characters'),
    z.regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and dashes, starting with a letter'),
  );

/** A version is a label on instances, such as `v2`, `2026-11-21` or a commit. */
export const versionNameSchema = z
  .string()
  .check(
    z.maxLength(63, 'at most 63 characters'),
    z.regex(/^[a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?$/, 'letters, digits, dots, dashes and underscores'),
  );
export type VersionName = z.infer<typeof versionNameSchema>;

/** The name of one running copy, unique in the mesh, such as `orders-v2-7f3a`. */
export const instanceNameSchema = z
  .string()
  .check(
    z.maxLength(128, 'at most 128 characters'),
    z.regex(/^[a-z0-9]([-._a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits, dots and dashes'),
  );

/** Where something runs, such as a data centre or rack; empty when nobody said. */
export const zoneSchema = z
  .string()
  .check(
    z.maxLength(63, 'at most 63 characters'),
    z.regex(/^([a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?)?$/, 'letters, digits, dots, dashes and underscores'),
  );

export const trustDomainSchema = z
  .string()
  .check(
    z.maxLength(255),
    z.regex(/^[a-z0-9]([-._a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits, dots, dashes and underscores'),
  );

export const portSchema = z
  .int()
  .check(z.minimum(1, 'ports start at 1'), z.maximum(65_535, 'ports end at 65535'));

/** They turn the direction of all that is written after them (UAX #9, 2.1 to 2.4), in terminals too. */
const directionControls = /[\u202a-\u202e\u2066-\u2069]/g;

/** Free text people write into the mesh: why, descriptions, comments. Shown as text, never as markup. */
export const reasonSchema = z.string().check(
  z.overwrite((text) => text.replace(directionControls, '')),
  z.trim(),
  z.maxLength(500, 'at most 500 characters'),
);
