/** How much of a message is held in memory before it is refused. */
export interface MessageLimits {
  /** Start line and fields together; at most 65,535, because offsets are kept in 16 bits. */
  maxHeadBytes: number;
  maxFields: number;
  maxTrailerBytes: number;
  maxTrailerFields: number;
}

export const defaultLimits: MessageLimits = {
  maxHeadBytes: 32 * 1024,
  maxFields: 128,
  maxTrailerBytes: 8 * 1024,
  maxTrailerFields: 32,
};
