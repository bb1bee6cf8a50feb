/** What a person reads while the program starts: a few lines, each when its step is done. */
export interface Announce {
  done(step: string, detail?: string): void;
  /** Alone on its line, so that terminals make a link of it and scripts find it. */
  link(title: string, url: string): void;
}

export function createAnnounce(out: NodeJS.WritableStream): Announce {
  let last = performance.now();
  return {
    done(step, detail = '') {
      const now = performance.now();
      const took = `${((now - last) / 1000).toFixed(1)} s`.padStart(7);
      last = now;
      out.write(`  ${step.padEnd(11)}${took}  ${detail}\n`);
    },
    link(title, url) {
      out.write(`\n${title}\n\n${url}\n\n`);
    },
  };
}
