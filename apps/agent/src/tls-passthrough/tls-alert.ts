/** RFC 8446 section 6 and RFC 6066 section 3, as far as somebody says them who does not speak TLS himself. */
export const ALERT = {
  unexpectedMessage: 10,
  recordOverflow: 22,
  illegalParameter: 47,
  decodeError: 50,
  protocolVersion: 70,
  unrecognizedName: 112,
} as const;

export type Alert = (typeof ALERT)[keyof typeof ALERT];

/** A whole record: a fatal alert in plain text, as it may answer a ClientHello. */
export function alertRecord(alert: Alert): Uint8Array {
  return Uint8Array.of(21, 3, 3, 0, 2, 2, alert);
}
