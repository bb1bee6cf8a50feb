import type { RequestHead } from '@tulle/wire/http/message-head';
import { type Candidate, conditionsHold, type ValueCondition } from './candidate.ts';
import type { RequestValue } from './request-value.ts';

/** A candidate and its place among all of the service: 0 is the most specific. */
export interface Ranked<Value> {
  readonly candidate: Candidate<Value>;
  readonly place: number;
}

/** Candidates that the same path leads to. */
export interface CandidateList<Value> {
  /** The most specific that holds and stands before `below`. */
  first(path: string, head: RequestHead, source: string, below: number): Ranked<Value> | undefined;
}

/** So few are tried one by one. */
const MAX_TRIED = 8;

/** `ranked` in the order of their places. */
export function candidateList<Value>(ranked: readonly Ranked<Value>[]): CandidateList<Value> | undefined {
  if (ranked.length === 0) return undefined;
  const value = ranked.length <= MAX_TRIED ? undefined : mostTellingValue(ranked);
  if (value === undefined) return new TriedList(ranked);
  return new ListByValue(value, ranked);
}

class TriedList<Value> implements CandidateList<Value> {
  private readonly ranked: readonly Ranked<Value>[];

  constructor(ranked: readonly Ranked<Value>[]) {
    this.ranked = ranked;
  }

  first(path: string, head: RequestHead, source: string, below: number): Ranked<Value> | undefined {
    for (const ranked of this.ranked) {
      if (ranked.place >= below) return undefined;
      const { candidate } = ranked;
      if (!conditionsHold(candidate, head, source)) continue;
      const { expression } = candidate.path;
      if (expression === undefined || expression.test(path)) return ranked;
    }
    return undefined;
  }
}

/** Many rules for one path differ in a header or the like: the value it has says which of them are left. */
class ListByValue<Value> implements CandidateList<Value> {
  private readonly value: RequestValue;
  private readonly byText: ReadonlyMap<string, CandidateList<Value>>;
  /** Those that do not ask for the value, or ask by an expression. */
  private readonly others: CandidateList<Value> | undefined;

  constructor(value: RequestValue, ranked: readonly Ranked<Value>[]) {
    const texts = new Map<string, Ranked<Value>[]>();
    const others: Ranked<Value>[] = [];
    for (const one of ranked) {
      const { conditions } = one.candidate;
      const text = conditions.find((condition) => asksExactly(condition, value.id))?.wanted;
      if (typeof text !== 'string') {
        others.push(one);
        continue;
      }
      const left = conditions.filter((condition) => !asksExactly(condition, value.id));
      const narrowed = { ...one, candidate: { ...one.candidate, conditions: left } };
      const same = texts.get(text);
      if (same === undefined) texts.set(text, [narrowed]);
      else same.push(narrowed);
    }
    const lists = new Map<string, CandidateList<Value>>();
    for (const [text, same] of texts) {
      const list = candidateList(same);
      if (list !== undefined) lists.set(text, list);
    }
    this.value = value;
    this.byText = lists;
    this.others = candidateList(others);
  }

  first(path: string, head: RequestHead, source: string, below: number): Ranked<Value> | undefined {
    const text = this.value.read(head, source);
    const list = text === undefined ? undefined : this.byText.get(text);
    const found = list?.first(path, head, source, below);
    return this.others?.first(path, head, source, found?.place ?? below) ?? found;
  }
}

function asksExactly({ of, wanted }: ValueCondition, id: string): boolean {
  return of.id === id && typeof wanted === 'string';
}

/** The one that is asked to be the most different texts; one text alone would not narrow anything. */
function mostTellingValue(ranked: readonly Ranked<unknown>[]): RequestValue | undefined {
  const texts = new Map<string, { value: RequestValue; texts: Set<string> }>();
  for (const { candidate } of ranked) {
    for (const { of, wanted } of candidate.conditions) {
      if (typeof wanted !== 'string') continue;
      const known = texts.get(of.id);
      if (known === undefined) texts.set(of.id, { value: of, texts: new Set([wanted]) });
      else known.texts.add(wanted);
    }
  }
  let most: { value: RequestValue; texts: Set<string> } | undefined;
  for (const one of texts.values()) if (one.texts.size > (most?.texts.size ?? 1)) most = one;
  return most?.value;
}
