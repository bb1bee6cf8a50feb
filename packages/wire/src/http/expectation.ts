import { FIELD } from './known-fields.ts';
import type { RequestHead } from './message-head.ts';

/**
 * RFC 9110 section 10.1.1. False for anything but 100-continue, said once: two servers would not agree on more. It is
 * passed on only where it means something; HTTP/1.0 knows no interim answer, and without content there is nothing to
 * wait with, while a server that waits all the same takes the next request for that content.
 */
export function readExpectation(head: RequestHead): boolean {
  let seen = false;
  for (let index = 0; index < head.count; index++) {
    if (head.idAt(index) !== FIELD.expect) continue;
    if (seen || head.valueAt(index).toLowerCase() !== '100-continue') return false;
    seen = true;
  }
  if (!seen) return true;
  const hasContent = head.hasBody && head.contentLength !== 0 && head.method !== 'CONNECT';
  head.expectsContinue = hasContent && head.minor === 1;
  if (!head.expectsContinue) head.leaveOut('expect');
  return true;
}
