import type { Health } from '@tulle/mesh/health';

/** What can be asked of a node or an edge. */
export interface Findable {
  /** One for a node, two for an edge. */
  readonly names: readonly string[];
  readonly health: Health;
  readonly traffic: {
    readonly rate: number;
    readonly errorRate: number;
    readonly successRate: number;
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
}

type Test = (thing: Findable) => boolean;

const measures: Record<string, (thing: Findable) => number | null> = {
  rate: ({ traffic }) => traffic.rate,
  error: ({ traffic }) => traffic.errorRate,
  errors: ({ traffic }) => traffic.errorRate,
  success: ({ traffic }) => traffic.successRate,
  p50: ({ traffic }) => traffic.p50,
  p95: ({ traffic }) => traffic.p95,
  p99: ({ traffic }) => traffic.p99,
};

const healthWords: Record<string, Health> = {
  failing: 'failing',
  degraded: 'degraded',
  healthy: 'ok',
  idle: 'idle',
};

const comparison = /\b(rate|errors?|success|p50|p95|p99)\s*(>=|<=|>|<|=)\s*(\d+(?:\.\d+)?)\s*(%|ms|s|\/s)?/gi;

/**
 * Reads `error > 1%`, `p95 > 200`, `rate < 5`, `failing` or part of a name; several together must all hold, and one
 * side of a comma is enough. undefined when nothing is asked.
 */
export function parseFind(text: string): Test | undefined {
  const alternatives = text.split(',').flatMap((part) => parseAll(part) ?? []);
  return alternatives.length === 0 ? undefined : (thing) => alternatives.some((test) => test(thing));
}

function parseAll(text: string): Test | undefined {
  const tests: Test[] = [];
  const words = text.replace(
    comparison,
    (_, measure: string, sign: string, digits: string, unit?: string) => {
      tests.push(
        compare(measure.toLowerCase(), sign, Number(digits) * (unit?.toLowerCase() === 's' ? 1_000 : 1)),
      );
      return ' ';
    },
  );
  for (const word of words.toLowerCase().split(/\s+/).filter(Boolean)) {
    const health = healthWords[word];
    tests.push(
      health === undefined
        ? ({ names }) => names.some((name) => name.includes(word))
        : (thing) => thing.health === health,
    );
  }
  return tests.length === 0 ? undefined : (thing) => tests.every((test) => test(thing));
}

function compare(measure: string, sign: string, wanted: number): Test {
  const valueIn = measures[measure];
  return (thing) => {
    const value = valueIn?.(thing) ?? null;
    if (value === null) return false;
    switch (sign) {
      case '>':
        return value > wanted;
      case '<':
        return value < wanted;
      case '>=':
        return value >= wanted;
      case '<=':
        return value <= wanted;
      default:
        return Math.abs(value - wanted) < 1e-9;
    }
  };
}
