import { FIELD } from '@tulle/wire/http/known-fields';
import { RequestHead } from '@tulle/wire/http/message-head';

/** A head as the codecs make it. `fields` in order; names as they come. */
export function requestFor(
  target: string,
  {
    method = 'GET',
    fields = {},
    authority = 'web.mesh',
  }: {
    method?: string;
    fields?: Record<string, string>;
    authority?: string;
  } = {},
): RequestHead {
  const head = new RequestHead(32);
  head.method = method;
  head.target = target;
  head.path = target;
  head.authority = authority;
  for (const [name, value] of Object.entries(fields)) {
    const id = name === 'cookie' ? FIELD.cookie : FIELD.other;
    head.addLine(id, `${name}: ${value}\r\n`, name.length);
  }
  return head;
}
