import * as z from 'zod/mini';

/** A whole number between two bounds, both included. */
export const between = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

/** A share in percent; fractions are allowed. */
export const percentSchema = z.number().check(z.minimum(0), z.maximum(100));

/** A field name of HTTP in lower case (RFC 9110 section 5.1); fields of the mesh and of one connection are its own. */
export const headerNameSchema = z
  .pipe(
    z.string().check(z.maxLength(100)),
    z.transform((name) => name.toLowerCase()),
  )
  .check(
    z.regex(/^[!#$%&'*+\-.^_`|~0-9a-z]+$/, 'letters, digits and dashes'),
    z.refine((name) => !name.startsWith('x-tulle-'), 'x-tulle-… belongs to the mesh'),
    z.refine((name) => !connectionFields.has(name), 'this field belongs to one connection and cannot be set'),
  );

const connectionFields = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'upgrade',
  'content-length',
]);

/** A field value: visible latin1, tabs and spaces inside. */
export const headerValueSchema = z.string().check(
  z.maxLength(4_096),
  z.regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'no control characters'),
  z.refine((value) => value === value.trim(), 'no space at either end'),
);

/** Token of RFC 6265: a name for a cookie. */
export const cookieNameSchema = z
  .string()
  .check(z.maxLength(100), z.regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'letters, digits and dashes'));
