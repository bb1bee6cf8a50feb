import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import { chunkedField, closeField, upgradeFields } from '@tulle/wire/http1/serialise';
import type { HeadChange } from '../router/route-decision.ts';

/** Which form the body of an answer has on a connection of HTTP/1.1. */
export type BodyForm = 'none' | 'as-is' | 'chunked' | 'until-close' | 'tunnel';

const emptyField = 'content-length: 0\r\n';
const keptField = 'connection: keep-alive\r\n';

export function bodyFormOf({ framing }: ResponseHead, { minor }: RequestHead): BodyForm {
  if (framing === 'none' || framing === 'tunnel') return framing;
  if (framing !== 'chunked' && framing !== 'close') return 'as-is';
  return minor === 1 ? 'chunked' : 'until-close';
}

/** The fields that frame an answer and say what becomes of its connection; `last`: it is closed behind it. */
export function framingFields(
  head: ResponseHead,
  request: RequestHead,
  form: BodyForm,
  change: HeadChange | undefined,
  last: boolean,
): string {
  if (form === 'tunnel') return upgradeFields(head.upgrade === '' ? request.upgrade : head.upgrade);
  const isEmpty = form === 'none' && lacksLength(head, request, change);
  const length = isEmpty ? emptyField : form === 'chunked' ? chunkedField : '';
  if (last) return length + closeField;
  return request.minor === 0 ? length + keptField : length;
}

/** HTTP/2 ends an answer with its head; without a length HTTP/1.1 would wait for a body (RFC 9112 section 6.3). */
function lacksLength(
  { status, contentLength }: ResponseHead,
  { method }: RequestHead,
  change: HeadChange | undefined,
): boolean {
  if (method === 'HEAD' || status === 204 || status === 304) return false;
  return contentLength < 0 || change?.removed?.has('content-length') === true;
}
