import { type AllowList, everyone } from '@tulle/mesh/access-rule';
import { listOf } from '@tulle/mesh/format';

/** Who a list lets in: `anyone`, `nobody`, `cart and web`. */
export function callersWords(allow: readonly string[], most?: number): string {
  if (allow.includes(everyone)) return 'anyone';
  return allow.length === 0 ? 'nobody' : listOf([...new Set(allow)].sort(), most);
}

/** The default in a sentence. */
export function defaultSentence(byDefault: AllowList): string {
  const words = callersWords(byDefault ?? [everyone]);
  if (words === 'anyone') return 'Any service of the mesh may call those without a rule of their own.';
  if (words === 'nobody') return 'Nobody may call a service without a rule of its own.';
  return `Only ${words} may call services without a rule of their own.`;
}
