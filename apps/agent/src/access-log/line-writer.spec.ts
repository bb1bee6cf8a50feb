import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppendedFile, type LineTarget, LineWriter } from './line-writer.ts';

type Done = Parameters<LineTarget['write']>[1];

/** A disk whose answers are given by the spec. */
class SpecTarget implements LineTarget {
  text = '';
  reopened = 0;
  closed = false;
  readonly open: { bytes: Buffer; done: Done }[] = [];

  write(bytes: Buffer, done: Done): void {
    this.open.push({ bytes, done });
  }

  reopen(): void {
    this.reopened++;
  }

  close(): void {
    this.closed = true;
  }

  /** Takes so many bytes of what is to be written. */
  take(count = Number.POSITIVE_INFINITY): void {
    const { bytes, done } = this.open.shift() as { bytes: Buffer; done: Done };
    const taken = Math.min(count, bytes.length);
    this.text += bytes.toString('latin1', 0, taken);
    done(null, taken);
  }

  refuse(code: string): void {
    this.open.shift()?.done(Object.assign(new Error(code), { code }), 0);
  }
}

describe('a writer of lines', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('gathers lines, and goes on where the disk stopped', () => {
    const target = new SpecTarget();
    const writer = new LineWriter(target, () => {});
    writer.add('one\n');
    writer.add('two\n');
    expect(target.open).toHaveLength(0);
    vi.advanceTimersByTime(100);
    target.take(5);
    writer.add('three\n');
    target.take();
    expect(writer.written).toBe(2);
    target.take();
    expect(target.text).toBe('one\ntwo\nthree\n');
    expect([writer.written, writer.dropped]).toEqual([3, 0]);
  });

  test('a disk that takes nothing costs a bounded buffer, and what is beyond it is counted', () => {
    const target = new SpecTarget();
    const writer = new LineWriter(target, () => {});
    const line = `${'x'.repeat(1_023)}\n`;
    for (let count = 0; count < 10_000; count++) writer.add(line);
    expect(target.open).toHaveLength(1);
    const kept = 10_000 - writer.dropped;
    expect(kept * line.length).toBeLessThanOrEqual((1 << 20) + 64 * 1024 + line.length);
    expect(kept).toBeGreaterThan(1_000);
    target.take();
    target.take();
    expect(writer.written).toBe(kept);
  });

  test('a pipe that is full is tried again', () => {
    const target = new SpecTarget();
    const writer = new LineWriter(target, () => {});
    writer.add('one\n');
    writer.flush();
    target.refuse('EAGAIN');
    expect(target.open).toHaveLength(0);
    vi.advanceTimersByTime(100);
    target.take();
    expect([target.text, writer.written, writer.dropped]).toEqual(['one\n', 1, 0]);
  });

  test('a full disk drops lines, says so, and is tried with the next', () => {
    const target = new SpecTarget();
    const problems: string[] = [];
    const writer = new LineWriter(target, ({ message }) => problems.push(message));
    writer.add('one\n');
    writer.flush();
    target.refuse('ENOSPC');
    expect([writer.dropped, problems]).toEqual([1, ['ENOSPC']]);
    writer.add('two\n');
    writer.flush();
    target.take();
    expect([target.text, writer.written]).toEqual(['two\n', 1]);
  });

  test('closing hands over what waits', () => {
    const target = new SpecTarget();
    const writer = new LineWriter(target, () => {});
    writer.add('one\n');
    writer.close();
    expect(target.closed).toBe(false);
    target.take();
    expect([target.text, target.closed]).toEqual(['one\n', true]);
    writer.add('two\n');
    expect(writer.dropped).toBe(1);
  });
});

describe('a file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tulle-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const settled = async (writer: LineWriter, lines: number) =>
    await expect.poll(() => writer.written + writer.dropped).toBe(lines);

  test('is appended to, for its owner and group alone, and begun anew after it was moved away', async () => {
    const path = join(folder, 'access.log');
    const writer = new LineWriter(new AppendedFile(path), () => {});
    writer.add('one\n');
    writer.flush();
    await settled(writer, 1);
    renameSync(path, `${path}.1`);
    writer.reopen();
    writer.add('two\n');
    writer.flush();
    await settled(writer, 2);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\n');
    expect(readFileSync(path, 'utf8')).toBe('two\n');
    expect(statSync(path).mode & 0o007).toBe(0);
    writer.close();
  });

  test('that cannot be opened drops its lines', async () => {
    const problems: Error[] = [];
    const writer = new LineWriter(new AppendedFile(join(folder, 'none', 'access.log')), (error) =>
      problems.push(error),
    );
    writer.add('one\n');
    writer.flush();
    await settled(writer, 1);
    expect(writer.dropped).toBe(1);
    expect(problems).toHaveLength(1);
  });
});
