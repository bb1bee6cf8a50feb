import { RequestHead } from './message-head.ts';

/** A head that outlives the reader it came from: fields line by line, names in lower case. */
export function copyRequestHead(head: RequestHead): RequestHead {
  const copy = new RequestHead(head.count);
  copy.major = head.major;
  copy.minor = head.minor;
  copy.method = head.method;
  copy.target = head.target;
  copy.form = head.form;
  copy.path = head.path;
  copy.authority = head.authority;
  copy.contentLength = head.contentLength;
  copy.chunked = head.chunked;
  copy.hasBody = head.hasBody;
  copy.acceptsTrailers = head.acceptsTrailers;
  copy.upgrade = head.upgrade;
  copy.nominated = head.nominated;
  for (let index = 0; index < head.count; index++) {
    const name = head.lowerNameAt(index);
    copy.addLine(head.idAt(index), `${name}: ${head.valueAt(index)}\r\n`, name.length);
  }
  return copy;
}
