import { flagIn, variableIn } from '@tulle/agent/lifecycle/options';
import * as z from 'zod/mini';

export interface SettingDescription {
  /** Its name in the schema. */
  readonly key: string;
  /** undefined for a secret: every user of the machine sees the flags of a process. */
  readonly flag: string | undefined;
  readonly variable: string;
  readonly description: string;
  readonly placeholder: string;
  readonly isSwitch: boolean;
  /** As one would type it. */
  readonly fallback: string | undefined;
}

/** What the schema says of itself, for `--help` and for docs/settings.md. */
export function settingsOf(schema: z.core.$ZodObject): SettingDescription[] {
  return Object.entries(schema._zod.def.shape).map(([key, field]) => {
    const fallback = z.safeParse(field, undefined);
    return {
      key,
      flag: flagIn(schema, key),
      variable: variableIn(schema, key),
      description: z.globalRegistry.get(field)?.description ?? '',
      placeholder: key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      isSwitch: typeof fallback.data === 'boolean',
      fallback: fallback.success ? typed(fallback.data) : undefined,
    };
  });
}

function typed(value: unknown): string | undefined {
  if (value === undefined || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(',');
  return String(value);
}
