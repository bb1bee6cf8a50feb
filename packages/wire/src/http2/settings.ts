import type { Bytes } from '../http/bytes.ts';
import { Http2Error } from './errors.ts';
import { MAX_31, readUint32 } from './frame-header.ts';
import type { SessionLimits } from './limits.ts';

/** RFC 9113 section 6.5.2, RFC 8441 section 3. */
export const SETTING = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
  enableConnectProtocol: 0x8,
} as const;

/** What stands before any SETTINGS came. */
export const INITIAL_WINDOW_BYTES = 65_535;
const MIN_MAX_FRAME_BYTES = 16_384;
const MAX_MAX_FRAME_BYTES = 16_777_215;
/** RFC 9113 section 6.5.2 recommends at least this; presumed until the peer says otherwise. */
const PRESUMED_STREAMS = 100;
export const SETTING_BYTES = 6;

export type Setting = readonly [id: number, value: number];

/** What either side says of itself. */
export function settingsOf(limits: SessionLimits): Setting[] {
  return [
    [SETTING.headerTableSize, limits.headerTableBytes],
    [SETTING.initialWindowSize, limits.streamWindowBytes],
    [SETTING.maxFrameSize, limits.maxFrameBytes],
    [SETTING.maxHeaderListSize, limits.maxHeadBytes],
  ];
}

/** What the peer said of itself. */
export class PeerSettings {
  /** A first SETTINGS frame has come. */
  known = false;
  headerTableBytes = 4096;
  maxStreams = PRESUMED_STREAMS;
  initialWindowBytes = INITIAL_WINDOW_BYTES;
  maxFrameBytes = MIN_MAX_FRAME_BYTES;
  connectProtocol = false;

  /** Takes the settings of one frame in their order. */
  apply(bytes: Bytes, start: number, end: number): void {
    if (!this.known) this.maxStreams = Number.POSITIVE_INFINITY;
    this.known = true;
    for (let at = start; at < end; at += SETTING_BYTES) {
      const id = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      this.set(id, readUint32(bytes, at + 2));
    }
  }

  private set(id: number, value: number): void {
    switch (id) {
      case SETTING.headerTableSize:
        this.headerTableBytes = value;
        break;
      case SETTING.enablePush:
        if (value > 1) throw new Http2Error('invalid-setting');
        break;
      case SETTING.maxConcurrentStreams:
        this.maxStreams = value;
        break;
      case SETTING.initialWindowSize:
        if (value > MAX_31) throw new Http2Error('invalid-window-setting');
        this.initialWindowBytes = value;
        break;
      case SETTING.maxFrameSize:
        if (value < MIN_MAX_FRAME_BYTES || value > MAX_MAX_FRAME_BYTES)
          throw new Http2Error('invalid-setting');
        this.maxFrameBytes = value;
        break;
      case SETTING.enableConnectProtocol:
        // RFC 8441 section 3: once given it is not taken back.
        if (value > 1 || (this.connectProtocol && value === 0)) throw new Http2Error('invalid-setting');
        this.connectProtocol = value === 1;
        break;
    }
  }
}
