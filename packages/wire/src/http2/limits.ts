/** What one connection may cost. */
export interface SessionLimits {
  /** Streams of the peer at a time; announced, and enforced with REFUSED_STREAM. */
  maxStreams: number;
  /** Sum of name, value and 32 for each field (RFC 9113 section 6.5.2); at most 65,535, as offsets have 16 bits. */
  maxHeadBytes: number;
  maxFields: number;
  maxTrailerFields: number;
  /** CONTINUATION frames of one head. */
  maxContinuations: number;
  /** Receive window of a stream: what one that is not read from can cost. */
  streamWindowBytes: number;
  /** Receive window of the connection: what all of them together can cost. */
  connectionWindowBytes: number;
  /** Of the peer's frames: announced. */
  maxFrameBytes: number;
  /** Of our DATA frames, if the peer takes as much: streams take turns of one frame. */
  maxSentFrameBytes: number;
  /** Dynamic table of the peer's HPACK encoder, and the most that ours will use. */
  headerTableBytes: number;
  /** Streams that the peer resets soon after it opened them, or makes us reset, in a second (CVE-2023-44487). */
  maxResetsPerSecond: number;
  maxSettingsPerSecond: number;
  maxPingsPerSecond: number;
  maxPrioritiesPerSecond: number;
  maxWindowUpdatesPerSecond: number;
  /** DATA without data and without END_STREAM (CVE-2019-9518), GOAWAY, and frames of unknown types. */
  maxEmptyFramesPerSecond: number;
  /** Frames other than DATA written while the socket takes nothing (CVE-2019-9512, 9515). */
  maxUnreadBytes: number;
}

export const defaultLimits: SessionLimits = {
  maxStreams: 256,
  maxHeadBytes: 32 * 1024,
  maxFields: 128,
  maxTrailerFields: 32,
  maxContinuations: 8,
  streamWindowBytes: 256 * 1024,
  connectionWindowBytes: 8 * 1024 * 1024,
  maxFrameBytes: 64 * 1024,
  maxSentFrameBytes: 64 * 1024,
  headerTableBytes: 4096,
  maxResetsPerSecond: 512,
  maxSettingsPerSecond: 100,
  maxPingsPerSecond: 5_000,
  maxPrioritiesPerSecond: 5_000,
  maxWindowUpdatesPerSecond: 100_000,
  maxEmptyFramesPerSecond: 1_000,
  maxUnreadBytes: 1024 * 1024,
};
