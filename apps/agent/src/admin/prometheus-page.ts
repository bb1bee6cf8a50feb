import type { HistogramCounts } from '@tulle/mesh/agent-protocol';
import { total } from '@tulle/mesh/histogram';
import { type Metric, type MetricName, metrics } from './metric-catalog.ts';

/** Half a millisecond to a minute. Every bound is a power of two of a millisecond, where a bucket of ours ends. */
const LOWEST_POWER = -1;
const HIGHEST_POWER = 16;

/** One metric on the page. Values of labels stand in the order of the catalog. */
export class Family {
  private readonly name: MetricName;
  private readonly labels: readonly string[];
  private readonly lines: string[];

  constructor(name: MetricName, { labels }: Metric, lines: string[]) {
    this.name = name;
    this.labels = labels;
    this.lines = lines;
  }

  add(values: readonly string[], value: number): void {
    this.lines.push(`${this.name}${braces(this.pairs(values))} ${value}`);
  }

  /** Of milliseconds, printed in seconds. The text format knows only classic buckets; these counts are exact. */
  addHistogram(values: readonly string[], histogram: HistogramCounts): void {
    const { name, lines } = this;
    const pairs = this.pairs(values);
    const lead = pairs === '' ? '' : `${pairs},`;
    const all = total(histogram);
    let below = histogram.zero;
    let slot = 0;
    for (let power = LOWEST_POWER; power <= HIGHEST_POWER; power++) {
      for (const end = power * 8 - histogram.offset; slot < end && slot < histogram.counts.length; slot++) {
        below += histogram.counts[slot] as number;
      }
      lines.push(`${name}_bucket{${lead}le="${2 ** power / 1_000}"} ${below}`);
    }
    lines.push(`${name}_bucket{${lead}le="+Inf"} ${all}`);
    lines.push(
      `${name}_sum${braces(pairs)} ${histogram.sum / 1_000}`,
      `${name}_count${braces(pairs)} ${all}`,
    );
  }

  private pairs(values: readonly string[]): string {
    return this.labels.map((label, index) => `${label}="${escapeLabel(values[index] ?? '')}"`).join(',');
  }
}

/** A page in Prometheus' text format 0.0.4. */
export class PrometheusPage {
  private readonly lines: string[] = [];

  family(name: MetricName): Family {
    const metric: Metric = metrics[name];
    this.lines.push(`# HELP ${name} ${metric.help}`, `# TYPE ${name} ${metric.type}`);
    return new Family(name, metric, this.lines);
  }

  single(name: MetricName, value: number): void {
    this.family(name).add([], value);
  }

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }
}

function braces(pairs: string): string {
  return pairs === '' ? '' : `{${pairs}}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
