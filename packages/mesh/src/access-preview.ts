import { type AllowList, admits, allowInForce } from './access-rule.ts';
import { countOf, formatRate } from './format.ts';
import { agentsSentence } from './split-preview.ts';

/** A call that was observed. */
export interface ObservedCall {
  readonly caller: string;
  /** The service it calls. */
  readonly service: string;
  /** Requests per second, refused ones among them. */
  readonly ratePerSecond: number;
}

export interface AccessEffects {
  /** Let in now, and refused after; the busiest first, as in both lists. */
  readonly cutOff: readonly ObservedCall[];
  /** Refused now, and let in after. */
  readonly letIn: readonly ObservedCall[];
}

/** Which observed calls a change of a list would cut off or let in. */
export function accessEffects(
  before: readonly string[],
  after: readonly string[],
  calls: readonly ObservedCall[],
): AccessEffects {
  const busiest = calls.toSorted((a, b) => b.ratePerSecond - a.ratePerSecond);
  const changing = (from: readonly string[], to: readonly string[]) =>
    busiest.filter(({ caller }) => admits(from, caller) && !admits(to, caller));
  return { cutOff: changing(before, after), letIn: changing(after, before) };
}

export interface AccessPreviewInput {
  /** What is declared now for the service, or for all without a rule; null when nothing is. */
  readonly current: AllowList;
  /** What would be; null takes the rule away. */
  readonly next: AllowList;
  /** What holds where nothing is declared; null when anybody may call there. */
  readonly byDefault: AllowList;
  /** Calls to the services that it governs. */
  readonly calls: readonly ObservedCall[];
  /** How many agents hold the configuration of those services. */
  readonly agents: number;
  /** How long such changes have taken lately. */
  readonly usualMs?: number | undefined;
}

export interface AccessPreview {
  /** "ads calls recommendation at 12 /s and would be refused." */
  readonly cutOff: readonly string[];
  /** "cart calls recommendation at 3 /s, is refused, and would be let in." */
  readonly letIn: readonly string[];
  /** "7 agents will take it, usually within 50 ms." */
  readonly agentsSentence: string;
}

/** So many sentences are read; what is beyond them is counted. */
const mostSentences = 8;

/** What a change of who may call will do, in names and requests per second, before it is done. */
export function describeAccessChange(input: AccessPreviewInput): AccessPreview {
  const before = allowInForce(input.current, input.byDefault);
  const after = allowInForce(input.next, input.byDefault);
  const { cutOff, letIn } = accessEffects(before, after, input.calls);
  return {
    cutOff: sentences(
      cutOff,
      ({ caller, service, ratePerSecond }) =>
        `${caller} calls ${service} at ${formatRate(ratePerSecond)} and would be refused.`,
      'refused',
    ),
    letIn: sentences(
      letIn,
      ({ caller, service, ratePerSecond }) =>
        `${caller} calls ${service} at ${formatRate(ratePerSecond)}, is refused, and would be let in.`,
      'let in',
    ),
    agentsSentence: agentsSentence(input.agents, input.usualMs),
  };
}

function sentences(
  calls: readonly ObservedCall[],
  sentenceOf: (call: ObservedCall) => string,
  what: string,
): string[] {
  const shown = calls.slice(0, calls.length > mostSentences ? mostSentences - 1 : mostSentences);
  const rest = calls.length - shown.length;
  return [
    ...shown.map(sentenceOf),
    ...(rest === 0 ? [] : [`${countOf(rest, 'more caller')} would be ${what}.`]),
  ];
}
