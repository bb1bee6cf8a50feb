const { hrtime } = process;
const [seconds, nanoseconds] = hrtime();
const startedMs = seconds * 1_000 + nanoseconds / 1_000_000 - process.uptime() * 1_000;

/**
 * Milliseconds since the process began, by a clock nobody sets. The bundle of the agent has it in place of
 * `performance.now()`, since with `performance` come histograms, observers and marks: 0.7 MB.
 */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000 - startedMs;
}
