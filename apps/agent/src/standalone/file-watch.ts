import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Writers touch a file several times in a row; the last touch counts. */
const SETTLE_MS = 50;

/**
 * Calls `onChange` after one of `files` changed. The directories are watched, because editors and secret
 * mounts replace a file instead of writing to it, and a watch on the file would stay with the old one.
 */
export class FileWatch {
  private readonly onChange: () => void;
  private watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.onChange = onChange;
  }

  /** Replaces what was watched before. */
  watch(files: readonly string[], onError: (error: Error) => void): void {
    this.close();
    for (const directory of new Set(files.map((file) => dirname(file)))) {
      const names = new Set(
        files.filter((file) => dirname(file) === directory).map((file) => basename(file)),
      );
      const watcher = watch(directory, (_event, name) => {
        // Kubernetes swaps the link `..data` beside the files.
        if (name === null || names.has(name) || name.startsWith('..')) this.settle();
      });
      watcher.on('error', onError);
      this.watchers.push(watcher);
    }
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers) watcher.close();
    this.watchers = [];
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.onChange(), SETTLE_MS);
  }
}
