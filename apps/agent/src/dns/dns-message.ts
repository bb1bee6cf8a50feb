/** Numbers of RFC 1035 and its successors, as far as a server for one zone of addresses meets them. */
export const TYPE = { a: 1, soa: 6, opt: 41, any: 255 } as const;
export const CLASS = { in: 1, any: 255 } as const;
export const RCODE = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
  /** RFC 6891 section 6.1.3: its upper eight bits stand in the OPT record. */
  badVersion: 16,
} as const;

/** Octets of the header, which every message begins with. */
export const HEADER_BYTES = 12;

/** RFC 1035 section 2.3.4. */
export const MAX_LABEL_BYTES = 63;
export const MAX_NAME_BYTES = 255;
