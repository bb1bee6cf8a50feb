/** Cases an agent fails with reason: id -> what the RFC says that the case does not. */
export const exceptions: ReadonlyMap<string, string> = new Map([
  [
    'http2/3.5/2',
    'RFC 9113 section 3.4: an invalid preface says that the peer does not use HTTP/2. In plain text the same port speaks HTTP/1.1, where an invalid request line is answered with 400 before the connection is closed (RFC 9112 section 3); h2spec takes that answer for a broken frame. With TLS, where ALPN has said HTTP/2, the case passes.',
  ],
]);
