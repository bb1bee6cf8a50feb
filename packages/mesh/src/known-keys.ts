import type * as z from 'zod/mini';

/**
 * The value without keys that objects of the schema do not have, at every depth but inside of unions. For what a newer
 * program sends to an older one, where a setting that is not known may be ignored; files of people are not read so.
 */
export function withKnownKeys(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  const inner = unwrapped(schema);
  if (isArray(inner) && Array.isArray(value)) {
    const { element } = inner._zod.def;
    return value.map((item) => withKnownKeys(element, item));
  }
  if (!isObject(inner) || Array.isArray(value)) return value;
  const { shape } = inner._zod.def;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
      return field === undefined ? [] : [[key, withKnownKeys(field, member)]];
    }),
  );
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return isWrapper(schema) ? unwrapped(schema._zod.def.innerType) : schema;
}

// By the names of kinds: asking for Zod's classes would take all of them into the agent's bundle.
function isWrapper(
  schema: z.core.$ZodType,
): schema is z.core.$ZodDefault | z.core.$ZodPrefault | z.core.$ZodOptional {
  return ['default', 'prefault', 'optional'].includes(schema._zod.def.type);
}

function isArray(schema: z.core.$ZodType): schema is z.core.$ZodArray {
  return schema._zod.def.type === 'array';
}

function isObject(schema: z.core.$ZodType): schema is z.core.$ZodObject {
  return schema._zod.def.type === 'object';
}
