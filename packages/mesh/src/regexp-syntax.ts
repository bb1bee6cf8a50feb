import { MeshError } from './errors.ts';

/** Code units from and to, both included. */
export type CodeRange = readonly [from: number, to: number];

/** What a regular expression says, without the order in which a backtracking engine would try it. */
export type RegexpNode =
  | { readonly type: 'empty' | 'start' | 'end' }
  | { readonly type: 'set'; readonly ranges: readonly CodeRange[] }
  | { readonly type: 'sequence' | 'choice'; readonly parts: readonly RegexpNode[] }
  | { readonly type: 'repeat'; readonly body: RegexpNode; readonly min: number; readonly max: number };

const maxDepth = 100;
/** As in RE2. */
const maxRepeat = 1_000;

const lastCode = 0xffff;
const digits: readonly CodeRange[] = [[0x30, 0x39]];
const wordCharacters: readonly CodeRange[] = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
const spaces: readonly CodeRange[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const lineEnds: readonly CodeRange[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const namedSets = new Map<string, readonly CodeRange[]>([
  ['d', digits],
  ['D', complement(digits)],
  ['w', wordCharacters],
  ['W', complement(wordCharacters)],
  ['s', spaces],
  ['S', complement(spaces)],
]);
const controls = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
]);

/**
 * Reads the part of ECMAScript's syntax (and RE2's) that a machine without memory can run: no backreferences, no
 * look-around, no word boundaries. `(?i)` at the beginning ignores the case of ASCII letters.
 * Throws a MeshError `invalid_resource` that says what is wrong and where.
 */
export function parseRegexp(source: string): RegexpNode {
  const ignoreCase = source.startsWith('(?i)');
  let at = ignoreCase ? 4 : 0;
  let depth = 0;

  const node = readChoice();
  if (at < source.length) fail('there is no ( for this )');
  return node;

  function fail(message: string, position = at): never {
    throw new MeshError(
      'invalid_resource',
      `the regular expression ${source} cannot be used: at character ${position + 1}, ${message}`,
    );
  }

  function take(text: string): boolean {
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  }

  function readChoice(): RegexpNode {
    const parts = [readSequence()];
    while (take('|')) parts.push(readSequence());
    return parts.length === 1 ? (parts[0] as RegexpNode) : { type: 'choice', parts };
  }

  function readSequence(): RegexpNode {
    const parts: RegexpNode[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(readRepeated());
    if (parts.length === 0) return { type: 'empty' };
    return parts.length === 1 ? (parts[0] as RegexpNode) : { type: 'sequence', parts };
  }

  function readRepeated(): RegexpNode {
    const anchor = source[at] === '^' || source[at] === '$';
    const body = readOne();
    const bounds = readBounds();
    if (!bounds) return body;
    if (anchor) fail('an anchor cannot be repeated', at - 1);
    take('?');
    if (isQuantifier()) fail('this repeats a repetition: put the first into ( )');
    return { type: 'repeat', body, min: bounds[0], max: bounds[1] };
  }

  function isQuantifier(): boolean {
    return source[at] === '*' || source[at] === '+' || source[at] === '?' || source[at] === '{';
  }

  function readBounds(): [number, number] | undefined {
    if (take('*')) return [0, Infinity];
    if (take('+')) return [1, Infinity];
    if (take('?')) return [0, 1];
    if (source[at] !== '{') return undefined;
    const found = /^\{(\d{1,6})(,(\d{0,6}))?\}/.exec(source.slice(at, at + 16));
    if (!found) fail('{ begins a repetition like {2} or {2,5}; the character itself is \\{');
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] ? Number(found[3]) : Infinity;
    if (min > max) fail(`{${min},${max}} ends before it begins`);
    if (min > maxRepeat || (max !== Infinity && max > maxRepeat)) fail(`at most ${maxRepeat} repetitions`);
    at += found[0].length;
    return [min, max];
  }

  function readOne(): RegexpNode {
    if (isQuantifier()) fail('there is nothing to repeat');
    if (take('(')) return readGroup();
    if (take('[')) return readClass();
    if (take('^')) return { type: 'start' };
    if (take('$')) return { type: 'end' };
    if (take('.')) return { type: 'set', ranges: complement(lineEnds) };
    if (source[at] === ']' || source[at] === '}') fail(`the character itself is \\${source[at]}`);
    return setOf(source[at] === '\\' ? readEscape() : readLiteral());
  }

  function readGroup(): RegexpNode {
    const open = at - 1;
    if (++depth > maxDepth) fail(`groups are nested more than ${maxDepth} deep`);
    if (take('?')) {
      const opening = /^(?::|P?<[A-Za-z_$][\w$]*>)/.exec(source.slice(at));
      if (!opening) {
        if (/^<?[=!]/.test(source.slice(at))) fail('look-around cannot run in linear time', open);
        fail('only (?:…) and (?<name>…) are known, and (?i) at the beginning', open);
      }
      at += opening[0].length;
    }
    const inside = readChoice();
    if (!take(')')) fail('this ( is never closed', open);
    depth -= 1;
    return inside;
  }

  function readClass(): RegexpNode {
    const open = at - 1;
    const negated = take('^');
    const ranges: CodeRange[] = [];
    while (!take(']')) {
      if (at >= source.length) fail('this [ is never closed', open);
      const low = readClassMember();
      if (source[at] !== '-' || source[at + 1] === ']' || at + 1 >= source.length) ranges.push(...low);
      else {
        at += 1;
        const high = readClassMember();
        const [from, to] = [single(low), single(high)];
        if (from === undefined || to === undefined) fail('a range goes from one character to another');
        if (from > to) fail('this range ends before it begins', at - 1);
        ranges.push([from, to]);
      }
    }
    return setOf(ranges, negated);
  }

  function readClassMember(): readonly CodeRange[] {
    if (take('\\b')) return [[0x08, 0x08]];
    return source[at] === '\\' ? readEscape() : readLiteral();
  }

  function readLiteral(): readonly CodeRange[] {
    const code = source.charCodeAt(at++);
    return [[code, code]];
  }

  function readEscape(): readonly CodeRange[] {
    const start = at;
    at += 1;
    const letter = source[at++];
    if (letter === undefined) fail('\\ stands at the end', start);
    const named = namedSets.get(letter);
    if (named) return named;
    const code = controls.get(letter) ?? readCode(letter, start);
    return [[code, code]];
  }

  function readCode(letter: string, start: number): number {
    if (letter === 'x' || letter === 'u') {
      const length = letter === 'x' ? 2 : 4;
      const hex = source.slice(at, at + length);
      if (!new RegExp(`^[0-9a-fA-F]{${length}}$`).test(hex))
        fail(`\\${letter} needs ${length} hex digits`, start);
      at += length;
      return Number.parseInt(hex, 16);
    }
    if (letter === '0' && !/[0-9]/.test(source[at] ?? '')) return 0;
    if (/[0-9k]/.test(letter)) fail('backreferences cannot run in linear time', start);
    if (letter === 'b' || letter === 'B')
      fail('word boundaries are not known; say what may stand there', start);
    if (/[A-Za-z]/.test(letter)) fail(`\\${letter} is not known`, start);
    return letter.charCodeAt(0);
  }

  function setOf(ranges: readonly CodeRange[], negated = false): RegexpNode {
    const folded = merge(ignoreCase ? ranges.flatMap(bothCases) : ranges);
    return { type: 'set', ranges: negated ? complement(folded) : folded };
  }
}

function single(ranges: readonly CodeRange[]): number | undefined {
  const [only] = ranges;
  return ranges.length === 1 && only && only[0] === only[1] ? only[0] : undefined;
}

/** Ascending and without overlap. */
function merge(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** What is in none of them; they must be ascending and without overlap. */
function complement(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const rest: CodeRange[] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) rest.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= lastCode) rest.push([next, lastCode]);
  return rest;
}

function bothCases(range: CodeRange): CodeRange[] {
  return [range, ...shifted(range, 0x41, 0x5a, 0x20), ...shifted(range, 0x61, 0x7a, -0x20)];
}

function shifted([from, to]: CodeRange, low: number, high: number, by: number): CodeRange[] {
  const [first, last] = [Math.max(from, low), Math.min(to, high)];
  return first <= last ? [[first + by, last + by]] : [];
}
