import type { FieldSection } from '@tulle/wire/http/field-section';
import { FIELD } from '@tulle/wire/http/known-fields';

/**
 * Value of a cookie, or undefined. HTTP/2 may split the field into several lines (RFC 9113 section 8.2.3). Of several
 * cookies with the name the first counts: user agents put the one with the longest path there (RFC 6265 section 5.4).
 */
export function cookieValue(head: FieldSection, name: string): string | undefined {
  for (let index = 0; index < head.count; index++) {
    if (head.idAt(index) !== FIELD.cookie) continue;
    const value = valueIn(head.valueAt(index), name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function valueIn(cookies: string, name: string): string | undefined {
  for (let at = cookies.indexOf(name); at >= 0; at = cookies.indexOf(name, at + 1)) {
    const equals = at + name.length;
    if (cookies[equals] !== '=' || !beginsAt(cookies, at)) continue;
    const end = cookies.indexOf(';', equals);
    return cookies.substring(equals + 1, end < 0 ? cookies.length : end).trim();
  }
  return undefined;
}

/** Whether a cookie's name, and not the middle of something else, begins here. */
function beginsAt(cookies: string, at: number): boolean {
  let before = at - 1;
  while (cookies[before] === ' ') before--;
  return before < 0 || cookies[before] === ';';
}
