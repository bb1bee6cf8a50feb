/**
 * Why a message was refused: one line each. `status` is what a server answers before it closes the
 * connection; a client that meets the same fault in a response answers 502 instead.
 */
export const wireErrors = {
  'bare-cr': { status: 400, message: 'A carriage return stands without a line feed.' },
  'bare-lf': { status: 400, message: 'A line ends without a carriage return.' },
  'invalid-request-line': { status: 400, message: 'The request line is malformed.' },
  'invalid-method': { status: 400, message: 'The method is not a token, or is too long.' },
  'invalid-target': { status: 400, message: 'The request target is malformed.' },
  'unsupported-version': { status: 505, message: 'Only HTTP/1.1 and HTTP/1.0 are spoken here.' },
  'invalid-status-line': { status: 400, message: 'The status line is malformed.' },
  'obsolete-fold': { status: 400, message: 'A header field is folded over several lines.' },
  'whitespace-before-colon': {
    status: 400,
    message: 'White space stands between a field name and its colon.',
  },
  'invalid-field-name': { status: 400, message: 'A field name is not a token.' },
  'invalid-field-value': { status: 400, message: 'A field value holds a control character.' },
  'missing-host': { status: 400, message: 'An HTTP/1.1 request needs a Host field.' },
  'duplicate-host': { status: 400, message: 'There is more than one Host field.' },
  'invalid-host': { status: 400, message: 'The Host field is malformed.' },
  'invalid-content-length': { status: 400, message: 'Content-Length is not one plain number.' },
  'duplicate-content-length': { status: 400, message: 'There is more than one Content-Length field.' },
  'conflicting-framing': { status: 400, message: 'Content-Length and Transfer-Encoding exclude each other.' },
  'content-of-connect': { status: 400, message: 'CONNECT has no content.' },
  'unsupported-transfer-coding': {
    status: 400,
    message: 'The only transfer coding accepted is one final chunked.',
  },
  'transfer-coding-in-old-version': { status: 400, message: 'HTTP/1.0 knows no Transfer-Encoding.' },
  'invalid-connection-option': {
    status: 400,
    message: 'Connection is malformed, or names too many fields or one that frames the message.',
  },
  'unsupported-expectation': { status: 417, message: 'The only expectation accepted is 100-continue.' },
  'head-too-large': { status: 431, message: 'The message head is too large.' },
  'too-many-fields': { status: 431, message: 'The message head has too many fields.' },
  'invalid-chunk-size': { status: 400, message: 'A chunk size is malformed or too large.' },
  'chunk-extension': { status: 400, message: 'Chunk extensions are not accepted.' },
  'invalid-chunk-end': { status: 400, message: 'A chunk does not end where its size says.' },
  'trailers-too-large': { status: 431, message: 'The trailer section is too large.' },
  'forbidden-trailer': { status: 400, message: 'A trailer holds a field that belongs into the head.' },
  'too-many-interims': { status: 502, message: 'Too many interim responses came before the final one.' },
  'unexpected-response': { status: 502, message: 'A response came without a request.' },
  'truncated-message': { status: 400, message: 'The connection ended inside a message.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type WireErrorCode = keyof typeof wireErrors;

/** A message that cannot be read. Nothing after it on the same connection can be trusted. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireErrorCode;
  readonly status: number;

  constructor(code: WireErrorCode) {
    super(wireErrors[code].message);
    this.code = code;
    this.status = wireErrors[code].status;
  }
}
