import * as z from 'zod/mini';
import type { HistogramCounts } from '../agent-protocol.ts';
import { countOf, formatCount, formatMs, formatNumber, formatPercent } from '../format.ts';
import { bucketRatio, countAbove, quantile, total } from '../histogram.ts';
import { type Confidence, differenceInterval, sure99, sure999, surelyExceeds } from './proportion.ts';
import type { AnalysisRule } from './spec.ts';

/** What one version did in the window of an analysis. */
export interface ArmCounters {
  readonly requests: number;
  /** Server errors and requests the mesh itself failed. */
  readonly errors: number;
  readonly latency: HistogramCounts;
}

export const verdictStateSchema = z.enum(['pass', 'fail', 'more-data']);
export type VerdictState = z.infer<typeof verdictStateSchema>;

export const verdictCheckSchema = z.object({
  metric: z.string(),
  rule: z.string(),
  unit: z.enum(['percent', 'ms']),
  /** Null where there is nothing to measure. */
  stable: z.nullable(z.number()),
  candidate: z.nullable(z.number()),
  /** Of the candidate. */
  requests: z.number(),
  state: verdictStateSchema,
  sentence: z.string(),
});
export type VerdictCheck = z.infer<typeof verdictCheckSchema>;

export const verdictSchema = z.object({
  state: verdictStateSchema,
  /** The verdict in one line, for timelines. */
  sentence: z.string(),
  checks: z.array(verdictCheckSchema),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** A p95 of fewer values than this is its largest value; and fewer requests of stable are no measure. */
const minSamples = 20;
/** So few errors are an accident, whatever the interval says: it is too sure of itself among the first requests. */
const minErrors = 3;
/** Differences of p95 below this are noise of the machine, whatever their ratio. */
const latencyNoiseMs = 5;

/**
 * Compares the candidate with the rule and with stable. A check fails only when its confidence interval excludes
 * what is acceptable: with 99 % from `minRequests` on, with 99.9 % before, since it is then looked at many times. It passes when
 * there are enough requests and the measured value is acceptable; between the two it asks for more data.
 */
export function judge(stable: ArmCounters, candidate: ArmCounters, rule: AnalysisRule): Verdict {
  const confidence = candidate.requests >= rule.minRequests ? sure99 : sure999;
  const checks = [
    successCheck(stable, candidate, rule, confidence),
    successAgainstStable(stable, candidate, rule, confidence),
    ...(rule.maxP95Ms === undefined ? [] : [p95Check(stable, candidate, rule, rule.maxP95Ms, confidence)]),
    p95AgainstStable(stable, candidate, rule, confidence),
  ];
  const failed = checks.find((check) => check.state === 'fail');
  const waiting = checks.find((check) => check.state === 'more-data');
  const decisive = failed ?? waiting;
  return {
    state: decisive?.state ?? 'pass',
    sentence: decisive
      ? `${decisive.metric}: ${decisive.sentence}`
      : `Good on ${countOf(candidate.requests, 'request')}`,
    checks,
  };
}

function successCheck(
  stable: ArmCounters,
  candidate: ArmCounters,
  rule: AnalysisRule,
  confidence: Confidence,
): VerdictCheck {
  const rate = successPercent(candidate);
  const limit = rule.minSuccessRate;
  const against = `${percentOf(rate)} against at least ${formatPercent(limit)}`;
  const failed = surelyExceeds(candidate.errors, candidate.requests, 1 - limit / 100, confidence);
  return {
    metric: 'Success rate',
    rule: `≥ ${formatPercent(limit)}`,
    unit: 'percent',
    stable: successPercent(stable),
    candidate: rate,
    requests: candidate.requests,
    ...decide({
      failed: failed && `Below: ${against}`,
      needs: rule.minRequests - candidate.requests,
      unsure: rate !== null && rate < limit && `Below so far: ${against}, not certain yet`,
      passed: `As asked: ${against}`,
    }),
  };
}

function successAgainstStable(
  stable: ArmCounters,
  candidate: ArmCounters,
  rule: AnalysisRule,
  confidence: Confidence,
): VerdictCheck {
  const allowed = rule.maxSuccessDrop;
  const [stableRate, rate] = [successPercent(stable), successPercent(candidate)];
  const range = differenceInterval(
    { hits: successes(stable), trials: stable.requests },
    { hits: successes(candidate), trials: candidate.requests },
    confidence,
  );
  const [low, high] = [range.low * 100, range.high * 100];
  const drop = (stableRate ?? 0) - (rate ?? 0);
  const points = `${onePlace(Math.abs(drop))} ± ${onePlace((high - low) / 2)} points`;
  const comparable = stable.requests >= minSamples;
  return {
    metric: 'Success rate against stable',
    rule:
      allowed === 0
        ? 'not below stable, 99 % sure'
        : `not below stable by ${formatNumber(allowed)} ${allowed === 1 ? 'point' : 'points'}, 99 % sure`,
    unit: 'percent',
    stable: stableRate,
    candidate: rate,
    requests: candidate.requests,
    ...decide({
      failed: comparable && candidate.errors >= minErrors && low > allowed && `Worse, by ${points}`,
      needs: rule.minRequests - candidate.requests,
      unsure: comparable && drop > allowed && `Worse so far, by ${points}, not certain yet`,
      passed: successSentence(),
    }),
  };

  function successSentence(): string {
    if (!comparable) return notCompared(stable);
    if (high < 0) return `Better, by ${points}`;
    if (low > 0) return `Slightly worse, by ${points}, which is allowed`;
    return `As good as stable: ${percentOf(rate)} against ${percentOf(stableRate)}`;
  }
}

function p95Check(
  stable: ArmCounters,
  candidate: ArmCounters,
  rule: AnalysisRule,
  limitMs: number,
  confidence: Confidence,
): VerdictCheck {
  const p95 = quantile(candidate.latency, 0.95);
  const against = `${msOf(p95)} against at most ${formatMs(limitMs)}`;
  return {
    metric: 'p95 latency',
    rule: `≤ ${formatMs(limitMs)}`,
    unit: 'ms',
    stable: quantile(stable.latency, 0.95) ?? null,
    candidate: p95 ?? null,
    requests: candidate.requests,
    ...decide({
      failed: surelyAbove(candidate.latency, limitMs, confidence) && `Above: ${against}`,
      needs: Math.max(rule.minRequests, minSamples) - total(candidate.latency),
      unsure: p95 !== undefined && p95 > limitMs && `Above so far: ${against}, not certain yet`,
      passed: `As asked: ${against}`,
    }),
  };
}

function p95AgainstStable(
  stable: ArmCounters,
  candidate: ArmCounters,
  rule: AnalysisRule,
  confidence: Confidence,
): VerdictCheck {
  const p95 = quantile(candidate.latency, 0.95);
  const stableP95 = quantile(stable.latency, 0.95);
  const samples = total(stable.latency);
  const comparable = samples >= minSamples;
  // Stable's own p95 is uncertain too: certainty is measured from the upper end of its interval (by ranks), and a
  // bucket further, since either p95 may lie anywhere in its bucket.
  const upperRank = Math.min(1, 0.95 + confidence.z * Math.sqrt((0.95 * 0.05) / Math.max(1, samples)));
  const limit = (ms: number) => Math.max(ms * rule.maxP95Ratio * bucketRatio, ms + latencyNoiseMs);
  const certainLimit = limit(quantile(stable.latency, upperRank) ?? 0);
  const against = `${msOf(p95)} against ${msOf(stableP95)}`;
  return {
    metric: 'p95 latency against stable',
    rule: `≤ ${formatNumber(rule.maxP95Ratio)} × stable`,
    unit: 'ms',
    stable: stableP95 ?? null,
    candidate: p95 ?? null,
    requests: candidate.requests,
    ...decide({
      failed: comparable && surelyAbove(candidate.latency, certainLimit, confidence) && `Slower: ${against}`,
      needs: Math.max(rule.minRequests, minSamples) - total(candidate.latency),
      unsure:
        comparable && (p95 ?? 0) > limit(stableP95 ?? 0) && `Slower so far: ${against}, not certain yet`,
      passed: comparable ? latencySentence(p95 ?? 0, stableP95 ?? 0, against) : notCompared(stable),
    }),
  };
}

function latencySentence(p95: number, stableP95: number, against: string): string {
  if (p95 > stableP95 * bucketRatio) return `Slower, which is allowed: ${against}`;
  if (p95 * bucketRatio < stableP95) return `Faster: ${against}`;
  return `As fast as stable: ${against}`;
}

/** The order in which a check is decided: what is certain, what is missing, what is doubtful, what is good. */
function decide(findings: {
  failed: string | false;
  needs: number;
  unsure: string | false;
  passed: string;
}): { state: VerdictState; sentence: string } {
  if (findings.failed !== false) return { state: 'fail', sentence: findings.failed };
  if (findings.needs > 0) {
    return {
      state: 'more-data',
      sentence: `Needs ${countOf(findings.needs, 'more request', 'more requests')}`,
    };
  }
  if (findings.unsure !== false) return { state: 'more-data', sentence: findings.unsure };
  return { state: 'pass', sentence: findings.passed };
}

/** The p95 lies above the limit when more than 5 % of the values do, surely so when this is no accident. */
function surelyAbove(latency: HistogramCounts, limitMs: number, confidence: Confidence): boolean {
  const samples = total(latency);
  return samples >= minSamples && surelyExceeds(countAbove(latency, limitMs), samples, 0.05, confidence);
}

function successes(arm: ArmCounters): number {
  return Math.max(0, arm.requests - arm.errors);
}

function successPercent(arm: ArmCounters): number | null {
  return arm.requests === 0 ? null : (successes(arm) / arm.requests) * 100;
}

function notCompared(stable: ArmCounters): string {
  return stable.requests === 0
    ? 'Not compared: stable had no requests'
    : `Not compared: stable had only ${countOf(stable.requests, 'request')}`;
}

function percentOf(percent: number | null): string {
  return percent === null ? 'nothing' : formatPercent(percent);
}

function msOf(ms: number | undefined): string {
  return ms === undefined ? 'nothing' : formatMs(ms);
}

/** Points of percent with one decimal, as in `30.8 ± 2.1`; two where one would say nothing. */
function onePlace(points: number): string {
  if (points >= 99.95) return formatCount(points);
  return points >= 0.05 ? points.toFixed(1) : points.toFixed(2);
}
