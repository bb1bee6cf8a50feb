import * as z from 'zod/mini';

/** One setting of a schema, as its table in the documentation has it. */
export interface SchemaField {
  /** `timeouts.connectMs`; what stands in a list has `[]`: `rateLimits[].requests`. */
  readonly path: string;
  /** As JSON; `required`, or `none` for what may be left out. */
  readonly fallback: string;
  /** `1 – 60000`, or the words to choose from. */
  readonly allowed: string;
}

type Json = z.core.JSONSchema.JSONSchema;

/** All settings below a schema, in the order they are declared. */
export function schemaFields(schema: z.core.$ZodType): SchemaField[] {
  return fieldsBelow(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }), '');
}

function fieldsBelow(schema: Json, prefix: string): SchemaField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const field = property as Json;
    const path = `${prefix}${name}`;
    const items = field.items as Json | undefined;
    if (field.type === 'object') return fieldsBelow(field, `${path}.`);
    if (items?.properties) return fieldsBelow(items, `${path}[].`);
    return [
      {
        path,
        fallback: fallbackOf(field, (schema.required ?? []).includes(name)),
        allowed: allowedOf(field),
      },
    ];
  });
}

function fallbackOf(field: Json, required: boolean): string {
  if (field.default !== undefined) return code(field.default);
  return required ? 'required' : 'none';
}

function allowedOf(field: Json): string {
  const variants = field.oneOf ?? field.anyOf;
  if (variants) return variants.map((variant) => code(exampleOf(variant as Json))).join(', ');
  if (field.type === 'array') return `any of ${allowedOf(field.items as Json)}`;
  if (field.enum) return field.enum.map(code).join(', ');
  if (field.type === 'boolean') return '`true`, `false`';
  if (field.minimum !== undefined) return `${field.minimum} – ${field.maximum}`;
  return 'text';
}

function exampleOf(variant: Json): Record<string, unknown> {
  const entries = Object.entries(variant.properties ?? {}).map(([name, value]) => [
    name,
    (value as Json).const ?? '…',
  ]);
  return Object.fromEntries(entries);
}

function code(value: unknown): string {
  if (typeof value === 'string' && value !== '') return `\`${value}\``;
  const json = JSON.stringify(value);
  return json === '""'
    ? '`""`'
    : `\`${json.replaceAll('"', '').replaceAll(':', ': ').replaceAll(',', ', ')}\``;
}
