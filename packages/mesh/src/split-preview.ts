import { countOf, formatMs, formatNumber, formatPercent, listOf } from './format.ts';
import type { Sticky } from './sticky.ts';
import { describeCallerChange } from './sticky-words.ts';
import type { VersionWeight } from './traffic-split.ts';
import { weightOf } from './weights.ts';

export interface SplitPreviewInput {
  /** The weights in force; empty while the service has no split and all instances are equal. */
  readonly current: readonly VersionWeight[];
  readonly next: readonly VersionWeight[];
  /** How callers stay with their version, now and then; by default not at all. */
  readonly sticky?: { readonly current: Sticky | null; readonly next: Sticky | null };
  /** Requests per second to the service now. */
  readonly ratePerSecond: number;
  readonly versions: readonly {
    readonly version: string;
    readonly instances: number;
    /** Requests per second this version answers now; by default its share of all. */
    readonly ratePerSecond?: number | undefined;
    /** The most one instance of it has answered so far. */
    readonly maxRatePerInstanceSeen?: number | undefined;
  }[];
  /** How many agents hold the service's configuration. */
  readonly agents: number;
  /** Services that call it. */
  readonly callers: readonly string[];
  /** How long such changes have taken lately. */
  readonly usualMs?: number | undefined;
}

export interface SplitPreview {
  readonly changes: readonly {
    readonly version: string;
    readonly from: number;
    readonly to: number;
    /** "v2 10 % → 50 %" */
    readonly sentence: string;
    /** "about 12 → 62 requests/s, from frontend and cart" */
    readonly detail: string;
  }[];
  /** Of the versions that get more. */
  readonly perInstance: readonly {
    readonly version: string;
    /** "2 instances of v2" */
    readonly sentence: string;
    /** "31 requests/s each; the most seen so far is 9" */
    readonly detail: string;
  }[];
  /** What becomes of callers that stay with their version, or shall. */
  readonly callers: readonly string[];
  readonly warnings: readonly string[];
  /** "7 agents will take it, usually within 50 ms." */
  readonly agentsSentence: string;
}

/** From which growth on a version's load is worth a warning. */
const steepGrowth = 2;
/** Below this rate growth says little. */
const quietRate = 1;

/** What a change of weights will do, in requests per second and names, before it is done. */
export function describeSplitChange(input: SplitPreviewInput): SplitPreview {
  const present = presentWeights(input);
  const versions = [...new Set([...present, ...input.next].map((entry) => entry.version))];
  const moves = versions
    .map((version) => moveOf(version, present, input))
    .filter((move) => move.from !== move.to)
    // What grows comes first: it is what may break.
    .sort((a, b) => b.to - b.from - (a.to - a.from));
  const growing = moves.filter((move) => move.to > move.from);
  return {
    changes: moves.map(({ version, from, to, rateFrom, rateTo }) => ({
      version,
      from,
      to,
      sentence: `${version} ${formatPercent(from)} → ${formatPercent(to)}`,
      detail: `about ${formatRequests(rateFrom)} → ${formatRequests(rateTo)} requests/s${callersWords(input.callers)}`,
    })),
    perInstance: growing
      .filter((move) => move.instances > 0)
      .map((move) => ({
        version: move.version,
        sentence: `${countOf(move.instances, 'instance')} of ${move.version}`,
        detail: instanceDetail(move),
      })),
    callers: describeCallerChange(
      { sticky: input.sticky?.current ?? null, weights: present },
      { sticky: input.sticky?.next ?? null, weights: input.next },
    ),
    warnings: [...missingInstances(input, moves), ...growing.flatMap(growthWarning)],
    agentsSentence: agentsSentence(input.agents, input.usualMs),
  };
}

interface Move {
  readonly version: string;
  readonly from: number;
  readonly to: number;
  readonly rateFrom: number;
  readonly rateTo: number;
  readonly instances: number;
  readonly mostSeen: number | undefined;
}

function moveOf(version: string, present: readonly VersionWeight[], input: SplitPreviewInput): Move {
  const known = input.versions.find((entry) => entry.version === version);
  const from = weightOf(present, version);
  const to = weightOf(input.next, version);
  return {
    version,
    from,
    to,
    rateFrom: known?.ratePerSecond ?? (input.ratePerSecond * from) / 100,
    rateTo: (input.ratePerSecond * to) / 100,
    instances: known?.instances ?? 0,
    mostSeen: known?.maxRatePerInstanceSeen,
  };
}

/** Without a split a version's share is that of its instances. */
function presentWeights({ current, versions }: SplitPreviewInput): readonly VersionWeight[] {
  if (current.length > 0) return current;
  const instances = versions.reduce((sum, entry) => sum + entry.instances, 0);
  return versions.map((entry) => ({
    version: entry.version,
    weight: instances === 0 ? 0 : Math.round((entry.instances / instances) * 10_000) / 100,
  }));
}

function instanceDetail({ rateTo, instances, mostSeen }: Move): string {
  const each = `${formatRequests(rateTo / instances)} requests/s${instances === 1 ? '' : ' each'}`;
  return mostSeen === undefined ? each : `${each}; the most seen so far is ${formatRequests(mostSeen)}`;
}

function missingInstances({ next, versions }: SplitPreviewInput, moves: readonly Move[]): string[] {
  const running = (version: string) =>
    (versions.find((entry) => entry.version === version)?.instances ?? 0) > 0;
  const weighted = next.filter((entry) => entry.weight > 0);
  if (weighted.length > 0 && !weighted.some((entry) => running(entry.version))) {
    return ['No version with a share has a running instance: every request would fail.'];
  }
  return moves
    .filter((move) => move.to > 0 && !running(move.version))
    .map(
      ({ version, to }) =>
        `${version} has no running instance; its ${formatPercent(to)} go to the others until it has one.`,
    );
}

function growthWarning({ version, rateFrom, rateTo, instances, mostSeen }: Move): string[] {
  if (instances === 0 || rateTo < quietRate) return [];
  const carried = Math.max(rateFrom, (mostSeen ?? 0) * instances);
  if (carried <= 0) return [`${version} has carried no traffic yet. Consider a rollout with steps.`];
  const growth = rateTo / carried;
  if (growth < steepGrowth) return [];
  return [`${timesWords(growth)} the load ${version} has carried. Consider a rollout with steps.`];
}

const numerals = [
  'Twice',
  'Three times',
  'Four times',
  'Five times',
  'Six times',
  'Seven times',
  'Eight times',
];

function timesWords(factor: number): string {
  const times = Math.round(factor);
  return numerals[times - 2] ?? `${formatNumber(times)} times`;
}

/** Whole requests per second from ten on, since an estimate claims no more. */
function formatRequests(rate: number): string {
  return formatNumber(rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10);
}

function callersWords(callers: readonly string[]): string {
  return callers.length === 0 ? '' : `, from ${listOf(callers)}`;
}

/** "7 agents will take it, usually within 50 ms." */
export function agentsSentence(agents: number, usualMs: number | undefined): string {
  if (agents === 0) return 'No agent holds this service now; those that call it later will get it.';
  const usually = usualMs === undefined ? '' : `, usually within ${formatMs(usualMs)}`;
  return `${countOf(agents, 'agent')} will take it${usually}.`;
}
