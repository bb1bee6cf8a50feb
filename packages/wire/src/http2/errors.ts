import { ERROR, type ErrorCode } from './error-codes.ts';

/**
 * Why a connection or a stream was refused: one line each, with the code that the peer is told. Where a whole
 * connection is refused the session fails; where only a stream is, that stream is reset.
 */
export const http2Errors = {
  'invalid-preface': {
    code: ERROR.protocol,
    message: 'The connection does not begin with the HTTP/2 preface.',
  },
  'missing-settings': { code: ERROR.protocol, message: 'The first frame is not SETTINGS.' },
  'frame-too-large': { code: ERROR.frameSize, message: 'A frame is larger than was announced as the most.' },
  'invalid-frame-size': { code: ERROR.frameSize, message: 'A frame has a size that its type cannot have.' },
  'invalid-stream-id': { code: ERROR.protocol, message: 'A frame stands on a stream where it cannot stand.' },
  'idle-stream': { code: ERROR.protocol, message: 'A frame came for a stream that was not opened.' },
  'stream-closed': { code: ERROR.streamClosed, message: 'A frame came for a stream that had ended.' },
  'invalid-padding': { code: ERROR.protocol, message: 'The padding is longer than its frame.' },
  'self-dependency': { code: ERROR.protocol, message: 'A stream depends on itself.' },
  'interrupted-head': {
    code: ERROR.protocol,
    message: 'A frame other than CONTINUATION stands inside a head.',
  },
  'unexpected-continuation': {
    code: ERROR.protocol,
    message: 'CONTINUATION came without a head to continue.',
  },
  'unexpected-push': { code: ERROR.protocol, message: 'PUSH_PROMISE came although push is disabled.' },
  'unexpected-head': { code: ERROR.protocol, message: 'A second head came without the end of its stream.' },
  'invalid-setting': { code: ERROR.protocol, message: 'A setting has a value that it cannot have.' },
  'invalid-window-setting': { code: ERROR.flowControl, message: 'The initial window is larger than 2^31-1.' },
  'unexpected-ack': { code: ERROR.protocol, message: 'SETTINGS were acknowledged that had not been sent.' },
  'zero-increment': { code: ERROR.protocol, message: 'WINDOW_UPDATE has an increment of zero.' },
  'window-overflow': { code: ERROR.flowControl, message: 'A window grew beyond 2^31-1.' },
  'window-exceeded': { code: ERROR.flowControl, message: 'More data came than the window allows.' },
  'invalid-hpack': { code: ERROR.compression, message: 'A header block cannot be decoded.' },
  'head-too-large': {
    code: ERROR.enhanceYourCalm,
    message: 'The fields of a message are too large or too many.',
  },
  'too-many-continuations': {
    code: ERROR.enhanceYourCalm,
    message: 'A head is spread over too many frames.',
  },
  'malformed-message': { code: ERROR.protocol, message: 'The fields of a message break the rules of HTTP.' },
  'unsupported-expectation': {
    code: ERROR.protocol,
    message: 'The only expectation accepted is 100-continue.',
  },
  'length-mismatch': { code: ERROR.protocol, message: 'The data is not as long as Content-Length says.' },
  'too-many-interims': {
    code: ERROR.enhanceYourCalm,
    message: 'Too many interim responses came before the final one.',
  },
  'too-many-streams': { code: ERROR.refusedStream, message: 'More streams are open than were allowed.' },
  'reset-flood': { code: ERROR.enhanceYourCalm, message: 'Streams are reset too often.' },
  'settings-flood': { code: ERROR.enhanceYourCalm, message: 'SETTINGS come too often.' },
  'ping-flood': { code: ERROR.enhanceYourCalm, message: 'PING comes too often.' },
  'priority-flood': { code: ERROR.enhanceYourCalm, message: 'PRIORITY comes too often.' },
  'window-update-flood': { code: ERROR.enhanceYourCalm, message: 'WINDOW_UPDATE comes too often.' },
  'empty-frame-flood': { code: ERROR.enhanceYourCalm, message: 'Frames without content come too often.' },
  'unread-output': {
    code: ERROR.enhanceYourCalm,
    message: 'The peer asks for answers that it does not read.',
  },
} as const satisfies Record<string, { code: ErrorCode; message: string }>;

export type Http2ErrorReason = keyof typeof http2Errors;

/** A connection that cannot be read further. Nothing after it on the same connection can be trusted. */
export class Http2Error extends Error {
  override readonly name = 'Http2Error';
  readonly reason: Http2ErrorReason;
  readonly code: ErrorCode;

  constructor(reason: Http2ErrorReason) {
    super(http2Errors[reason].message);
    this.reason = reason;
    this.code = http2Errors[reason].code;
  }
}
