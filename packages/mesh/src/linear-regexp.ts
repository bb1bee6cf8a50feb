import { compileRegexpProgram, type Instruction, type RegexpProgram } from './regexp-program.ts';
import type { CodeRange } from './regexp-syntax.ts';

/** Cells of all transition tables together; beyond them the machine forgets what it learned and learns anew, as RE2 does. */
const maxCells = 8_192;
const minStates = 8;
const unknown = -1;
const dead = 0;

interface State {
  /** Positions in the program that the text read so far can have reached: steps that read, anchors, the end. */
  readonly positions: readonly number[];
  readonly accepts: boolean;
  /** Index of the state after a character of each class, or `unknown`. */
  readonly transitions: Int16Array;
}

/**
 * A regular expression that takes time in proportion to the text, whatever the text: rules are matched against what
 * strangers send, and one backtracking expression could stop an agent. Thompson's machine, made deterministic as it
 * runs. The whole text must match, as in Envoy; write `.*` where more may stand.
 */
export class LinearRegexp {
  readonly source: string;
  /** Steps of the program: what it costs in memory, and a character in time at worst. */
  readonly size: number;
  readonly #program: RegexpProgram;
  readonly #boundaries: readonly number[];
  readonly #latinClasses = new Uint16Array(256);
  readonly #maxStates: number;
  #states: State[] = [];
  #byPositions = new Map<string, number>();
  #start = unknown;

  constructor(source: string) {
    this.source = source;
    this.#program = compileRegexpProgram(source);
    this.size = this.#program.instructions.length;
    this.#boundaries = boundariesOf(this.#program.instructions);
    for (let code = 0; code < 256; code++) this.#latinClasses[code] = this.#findClass(code);
    this.#maxStates = Math.max(minStates, Math.floor(maxCells / this.#boundaries.length));
    this.#forget();
  }

  /** Whether the whole of the text matches. */
  test(text: string): boolean {
    if (this.#start === unknown)
      this.#start = this.#stateOf(this.#follow([this.#program.entry], true, false), true);
    let state = this.#start;
    for (let index = 0; index < text.length && state !== dead; index++) {
      const code = text.charCodeAt(index);
      const symbol = code < 256 ? (this.#latinClasses[code] as number) : this.#findClass(code);
      const known = (this.#states[state] as State).transitions[symbol] as number;
      state = known === unknown ? this.#learn(state, symbol) : known;
    }
    return (this.#states[state] as State).accepts;
  }

  #learn(from: number, symbol: number): number {
    const { positions, transitions } = this.#states[from] as State;
    const code = this.#boundaries[symbol] as number;
    const reached: number[] = [];
    for (const position of positions) {
      const step = this.#program.instructions[position] as Instruction;
      if (step.type === 'set' && contains(step.ranges, code)) reached.push(step.next);
    }
    const next = this.#follow(reached, false, false);
    if (this.#states.length >= this.#maxStates && next.length > 0) {
      this.#forget();
      return this.#stateOf(next, false);
    }
    const state = this.#stateOf(next, false);
    transitions[symbol] = state;
    return state;
  }

  /** Where one can be without reading, ascending. */
  #follow(from: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const seen = new Set<number>();
    const open = [...from];
    for (let position = open.pop(); position !== undefined; position = open.pop()) {
      if (seen.has(position)) continue;
      seen.add(position);
      const step = this.#program.instructions[position] as Instruction;
      if (step.type === 'fork') open.push(step.next, step.other);
      else if ((step.type === 'start' && atStart) || (step.type === 'end' && atEnd)) open.push(step.next);
    }
    return [...seen]
      .filter((position) => this.#program.instructions[position]?.type !== 'fork')
      .sort((a, b) => a - b);
  }

  #stateOf(positions: readonly number[], atStart: boolean): number {
    if (positions.length === 0) return dead;
    const key = `${atStart ? '^' : ''}${positions.join()}`;
    const known = this.#byPositions.get(key);
    if (known !== undefined) return known;
    const accepts = this.#follow(positions, atStart, true).includes(0);
    const transitions = new Int16Array(this.#boundaries.length).fill(unknown);
    const state = this.#states.push({ positions, accepts, transitions }) - 1;
    this.#byPositions.set(key, state);
    return state;
  }

  #forget(): void {
    this.#states = [{ positions: [], accepts: false, transitions: new Int16Array(0) }];
    this.#byPositions = new Map();
    this.#start = unknown;
  }

  /** Index of the last boundary at or below the code. */
  #findClass(code: number): number {
    let low = 0;
    let high = this.#boundaries.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#boundaries[middle] as number) <= code) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Throws a MeshError `invalid_resource` that says what in the expression cannot run in linear time, or is too large. */
export function compileLinearRegexp(source: string): LinearRegexp {
  return new LinearRegexp(source);
}

/** First code units of the classes that no step of the program tells apart, ascending from 0. */
function boundariesOf(instructions: readonly Instruction[]): number[] {
  const starts = new Set([0]);
  for (const step of instructions)
    if (step.type === 'set')
      for (const [from, to] of step.ranges) {
        starts.add(from);
        if (to < 0xffff) starts.add(to + 1);
      }
  return [...starts].sort((a, b) => a - b);
}

function contains(ranges: readonly CodeRange[], code: number): boolean {
  return ranges.some(([from, to]) => from <= code && code <= to);
}
