import { close, constants, open, write } from 'node:fs';

/** Lines wait this long for others, so that many leave in one write. */
const GATHER_MS = 100;
const GATHER_BYTES = 64 * 1024;
/** More than this waits for no disk: what comes then is dropped and counted. */
const MAX_WAITING_BYTES = 1 << 20;
const RETRY_MS = 100;

const STANDARD_OUTPUT = '/proc/self/fd/1';
const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;

/** Where the text goes; the file system, or what a spec puts in its place. */
export interface LineTarget {
  /** `done` is told how many bytes were taken, or why none were. */
  write(bytes: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  /** Begins the file anew, as after it was moved away. */
  reopen(): void;
  close(): void;
}

/**
 * Appends lines to a file or to standard output without ever waiting for it: when it is slow, full or gone, lines are
 * dropped and counted.
 */
export class LineWriter {
  written = 0;
  dropped = 0;
  private readonly target: LineTarget;
  private readonly onProblem: (error: Error) => void;
  private waiting: string[] = [];
  private waitingBytes = 0;
  private writing = false;
  private timer: NodeJS.Timeout | undefined = undefined;
  private closed = false;

  constructor(target: LineTarget, onProblem: (error: Error) => void) {
    this.target = target;
    this.onProblem = onProblem;
  }

  /** ASCII, with its end of line. */
  add(line: string): void {
    if (this.closed || this.waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.dropped++;
      return;
    }
    this.waiting.push(line);
    this.waitingBytes += line.length;
    if (this.writing) return;
    if (this.waitingBytes >= GATHER_BYTES) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), GATHER_MS).unref();
  }

  reopen(): void {
    this.flush();
    this.target.reopen();
  }

  /** Hands what waits to the file; what cannot be written at once is lost. */
  close(): void {
    this.flush();
    this.closed = true;
    if (!this.writing) this.target.close();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.writing || this.waiting.length === 0) return;
    const lines = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    this.writing = true;
    this.write(Buffer.from(lines.join(''), 'latin1'), lines.length);
  }

  private write(bytes: Buffer, lines: number): void {
    this.target.write(bytes, (error, taken) => {
      if (error?.code === 'EAGAIN' && !this.closed) {
        setTimeout(() => this.write(bytes, lines), RETRY_MS).unref();
      } else if (error !== null) {
        this.dropped += lines;
        this.onProblem(error);
        this.next();
      } else if (taken < bytes.length) {
        this.write(bytes.subarray(taken), lines);
      } else {
        this.written += lines;
        this.next();
      }
    });
  }

  private next(): void {
    this.writing = false;
    if (this.closed) this.target.close();
    else this.flush();
  }
}

/**
 * A file that is appended to; `-` is standard output. Opened with the first line, and never in a way that waits: the
 * reader of a pipe may be asleep, and the threads that would wait for it are few.
 */
export class AppendedFile implements LineTarget {
  private readonly path: string;
  private file: number | undefined = undefined;

  constructor(path: string) {
    this.path = path;
  }

  write(bytes: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void): void {
    if (this.file !== undefined) {
      write(this.file, bytes, done);
      return;
    }
    const standard = this.path === '-';
    const flags = O_WRONLY | O_APPEND | O_NONBLOCK | (standard ? 0 : O_CREAT);
    open(standard ? STANDARD_OUTPUT : this.path, flags, 0o640, (error, file) => {
      // A socket in the place of standard output cannot be opened by name.
      if (error !== null && !standard) {
        done(error, 0);
        return;
      }
      this.file = error === null ? file : 1;
      write(this.file, bytes, done);
    });
  }

  reopen(): void {
    if (this.path !== '-') this.close();
  }

  close(): void {
    const { file } = this;
    this.file = undefined;
    if (file !== undefined && file > 2) close(file, () => {});
  }
}
