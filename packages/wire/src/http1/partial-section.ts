import type { Bytes } from '../http/bytes.ts';
import { LF } from '../http/characters.ts';
import { WireError, type WireErrorCode } from './errors.ts';
import { INCOMPLETE } from './field-line.ts';

/** A longer line is not looked at again before its end has come, lest a sender of single bytes cost us a scan each. */
const RESCAN_BYTES = 256;

/** Where reading a head or a trailer section stopped because its bytes ran out. */
export class PartialSection {
  /** Offset of the line being read, from the start of the section; 0 before the first is complete. */
  lineOffset = 0;
  /** How many bytes of the section were looked at. */
  private scanned = 0;

  reset(): void {
    this.lineOffset = 0;
    this.scanned = 0;
  }

  /** Keeps what was read, up to the line at `line`, until more comes; refuses a section that grows too large. */
  await(bytes: Bytes, base: number, line: number, maxBytes: number, tooLarge: WireErrorCode): number {
    const held = bytes.length - base;
    if (held > maxBytes) throw new WireError(tooLarge);
    this.lineOffset = line - base;
    this.scanned = held;
    return INCOMPLETE;
  }

  /** True when it is certain without reading that the line is still not complete. */
  lacksLineEnd(bytes: Bytes, base: number): boolean {
    if (this.scanned - this.lineOffset <= RESCAN_BYTES) return false;
    return bytes.indexOf(LF, base + this.scanned) === -1;
  }
}
