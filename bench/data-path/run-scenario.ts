import type { Origin, ProxyServer } from '../proxies/proxy-server.ts';
import { Workbench } from '../workbench.ts';
import type { Contender, Sample, Scenario, Target } from './scenario.ts';

/** Proxies and servers share it; the load generator has the other. */
const PROXY_CORE = 0;

interface Entry {
  readonly contender: Contender;
  readonly samples: Sample[];
  proxy: ProxyServer | undefined;
}

export interface Extent {
  readonly rounds: number;
  readonly seconds: number;
}

/** Contenders take turns, so that a change of the machine meets all of them. True when no target was missed. */
export async function runScenario(scenario: Scenario, { rounds, seconds }: Extent): Promise<boolean> {
  console.log(`\n## ${scenario.name}: ${scenario.about}\n`);
  const bench = new Workbench(PROXY_CORE);
  try {
    const origin = await scenario.startOrigin(bench);
    const entries = scenario.contenders.map(
      (contender): Entry => ({ contender, samples: [], proxy: undefined }),
    );
    for (let round = 1; round <= rounds; round++) {
      for (const entry of entries) entry.samples.push(await measure(scenario, entry, origin, bench, seconds));
      console.log(
        `round ${round}: ${entries.map(({ contender, samples }) => `${contender.name} ${brief(samples.at(-1))}`).join(' | ')}`,
      );
    }
    return conclude(scenario, entries);
  } finally {
    await bench.close();
  }
}

async function measure(
  { check, measure, isFresh }: Scenario,
  entry: Entry,
  origin: Origin,
  bench: Workbench,
  seconds: number,
): Promise<Sample> {
  if (isFresh) for (const one of entry.proxy?.processes ?? []) await one.stop();
  if (isFresh || entry.proxy === undefined) {
    entry.proxy = await entry.contender.start(bench, origin);
    await check?.(entry.proxy);
  }
  return measure(entry.proxy, seconds, bench, origin);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const text = (value: number) =>
  value >= 1_000 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const brief = (sample: Sample | undefined) => text(Object.values(sample ?? {})[0] ?? Number.NaN);

function medianOf(entries: readonly Entry[], name: string, measure: string): number {
  const samples = entries.find(({ contender }) => contender.name === name)?.samples ?? [];
  return median(samples.map((sample) => sample[measure] ?? Number.NaN));
}

function conclude({ targets }: Scenario, entries: readonly Entry[]): boolean {
  const measures = Object.keys(entries[0]?.samples[0] ?? {});
  console.log(`\n| proxy | ${measures.join(' | ')} |\n|---${'|---'.repeat(measures.length)}|`);
  for (const { contender } of entries) {
    const cells = measures.map((measure) => text(medianOf(entries, contender.name, measure)));
    console.log(`| ${contender.name} | ${cells.join(' | ')} |`);
  }
  console.log('');
  return targets.map((target) => judge(target, entries)).every(Boolean);
}

function judge(
  { measure, ours, theirs, atMost, atLeast, isStretch }: Target,
  entries: readonly Entry[],
): boolean {
  const own = medianOf(entries, ours, measure);
  const value = theirs === undefined ? own : own / medianOf(entries, theirs, measure);
  const isReached =
    value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);
  const bound = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
  const what = theirs === undefined ? ours : `${ours} / ${theirs}`;
  const verdict = isReached ? 'reached' : isStretch ? 'missed, but only aimed at' : 'MISSED';
  console.log(
    `${what}, ${measure}: ${text(value)} (${isStretch ? 'stretch target' : 'target'} ${bound}) ${verdict}`,
  );
  return isReached || isStretch === true;
}
