import { compileRegexpProgram, contains, type Instruction, type RegexpProgram } from './regexp-program.ts';
import { simulate } from './regexp-simulation.ts';

/** Numbers kept in all states together; beyond them the machine forgets what it learned and learns anew, as RE2 does. */
const maxNumbers = 8_192;
/** Fewer would be forgotten before they are of use. */
const minStates = 8;
const unknown = -1;
/** The state from which nothing is accepted any more: the first row of the table. */
const dead = 0;

interface State {
  /** Positions in the program that the text read so far can have reached: steps that read, anchors, the end. */
  readonly positions: readonly number[];
  readonly accepts: boolean;
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
  /** First code units of the classes of characters that the program tells apart. */
  readonly #boundaries: readonly number[];
  readonly #latinClasses = new Uint16Array(256);
  /** A row for each state: the row of the next one after a character of each class, or `unknown`. */
  #table: Int16Array;
  #states: State[] = [];
  #numbers = 0;
  #byPositions = new Map<string, number>();
  #start = unknown;

  constructor(source: string) {
    this.source = source;
    this.#program = compileRegexpProgram(source);
    this.size = this.#program.instructions.length;
    this.#boundaries = boundariesOf(this.#program.instructions);
    for (let code = 0; code < 256; code++) this.#latinClasses[code] = this.#findClass(code);
    this.#table = new Int16Array(this.#boundaries.length * 4);
    this.#forget();
  }

  /** Whether the whole of the text matches. */
  test(text: string): boolean {
    if (this.#start === unknown)
      this.#start = this.#rowOf(this.#follow([this.#program.entry], true, false), true);
    const classes = this.#latinClasses;
    let row = this.#start;
    for (let index = 0; index < text.length && row !== dead; index++) {
      const code = text.charCodeAt(index);
      const symbol = code < 256 ? (classes[code] as number) : this.#findClass(code);
      const known = this.#table[row + symbol] as number;
      if (known !== unknown) row = known;
      else {
        const positions = this.#step(row, symbol);
        if (this.#isFull()) {
          this.#forget();
          return simulate(this.#program, text, index + 1, positions);
        }
        row = this.#learn(row, symbol, positions);
      }
    }
    return this.#stateAt(row).accepts;
  }

  /** Where one is after one more character of the class. */
  #step(row: number, symbol: number): number[] {
    const code = this.#boundaries[symbol] as number;
    const reached: number[] = [];
    for (const position of this.#stateAt(row).positions) {
      const step = this.#program.instructions[position] as Instruction;
      if (step.type === 'set' && contains(step.ranges, code)) reached.push(step.next);
    }
    return this.#follow(reached, false, false);
  }

  #learn(row: number, symbol: number, positions: readonly number[]): number {
    const next = this.#rowOf(positions, false);
    this.#table[row + symbol] = next;
    return next;
  }

  #isFull(): boolean {
    return this.#numbers > maxNumbers && this.#states.length > minStates;
  }

  #stateAt(row: number): State {
    return this.#states[row / this.#boundaries.length] as State;
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

  #rowOf(positions: readonly number[], atStart: boolean): number {
    if (positions.length === 0) return dead;
    const key = `${atStart ? '^' : ''}${positions.join()}`;
    const known = this.#byPositions.get(key);
    if (known !== undefined) return known;
    const row = this.#addState({ positions, accepts: this.#follow(positions, atStart, true).includes(0) });
    this.#byPositions.set(key, row);
    return row;
  }

  #addState(state: State): number {
    const width = this.#boundaries.length;
    const row = (this.#states.push(state) - 1) * width;
    if (row + width > this.#table.length) {
      const larger = new Int16Array(this.#table.length * 2);
      larger.set(this.#table);
      this.#table = larger;
    }
    this.#table.fill(unknown, row, row + width);
    this.#numbers += width + state.positions.length;
    return row;
  }

  #forget(): void {
    this.#states = [];
    this.#numbers = 0;
    this.#addState({ positions: [], accepts: false });
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
