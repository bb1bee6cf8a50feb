const unreserved = /^[-.~\w]$/;

/**
 * The path that rules are matched against: that of the request without its query, byte for byte, but with
 * percent-encodings in the one form that RFC 3986 section 6.2.2 calls equal: unreserved characters stand for themselves
 * and hexadecimal digits are capitals. So `/%61dmin` is `/admin`, as it is for the service; `%2F` stays a part of its
 * element, and empty elements count. What is sent on is what came.
 */
export function matchablePath(target: string): string {
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.substring(0, query);
  return path.includes('%') ? path.replaceAll(/%[0-9a-f]{2}/gi, normalOctet) : path;
}

function normalOctet(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return unreserved.test(character) ? character : encoded.toUpperCase();
}

/** Encoded or bare slashes of both kinds around it, and path parameters, which some servers cut off first (`/..;/`). */
const dotSegment = /(?:[/\\]|%2F|%5C)\.{1,2}(?:$|[/\\;]|%2F|%5C|%3B)/;

/** Whether a server may take an element of the matchable path for `.` or `..` (RFC 3986 section 5.2.4). */
export function hasDotSegment(path: string): boolean {
  // Nearly no path gets beyond the search for one character.
  return path.includes('.') && dotSegment.test(path);
}
