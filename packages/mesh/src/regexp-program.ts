import { MeshError } from './errors.ts';
import { type CodeRange, parseRegexp, type RegexpNode } from './regexp-syntax.ts';

/** One step of Thompson's machine; `next` and `other` are positions in the program. */
export type Instruction =
  | { readonly type: 'set'; readonly ranges: readonly CodeRange[]; readonly next: number }
  | { readonly type: 'fork'; next: number; readonly other: number }
  | { readonly type: 'start' | 'end'; readonly next: number }
  | { readonly type: 'accept' };

export interface RegexpProgram {
  readonly instructions: readonly Instruction[];
  readonly entry: number;
}

/** Each character read costs at most this many steps, so this bounds time and memory alike. */
export const maxRegexpInstructions = 1_000;

/** Throws a MeshError `invalid_resource` for what `parseRegexp` refuses and for repetitions that grow too large. */
export function compileRegexpProgram(source: string): RegexpProgram {
  const instructions: Instruction[] = [{ type: 'accept' }];
  const entry = emit(parseRegexp(source), 0);
  return { instructions, entry };

  function push(instruction: Instruction): number {
    if (instructions.length >= maxRegexpInstructions)
      throw new MeshError(
        'invalid_resource',
        `the regular expression ${source} is too large when its repetitions are written out: at most ${maxRegexpInstructions} steps`,
      );
    return instructions.push(instruction) - 1;
  }

  /** From the end to the beginning, so that every step knows what comes after it. */
  function emit(node: RegexpNode, next: number): number {
    switch (node.type) {
      case 'empty':
        return next;
      case 'start':
      case 'end':
        return push({ type: node.type, next });
      case 'set':
        return push({ type: 'set', ranges: node.ranges, next });
      case 'sequence':
        return node.parts.reduceRight((after, part) => emit(part, after), next);
      case 'choice':
        return node.parts
          .map((part) => emit(part, next))
          .reduceRight((other, entry) => push({ type: 'fork', next: entry, other }));
      case 'repeat':
        return emitRepeat(node.body, node.min, node.max, next);
    }
  }

  function emitRepeat(body: RegexpNode, min: number, max: number, next: number): number {
    let entry = next;
    let required = min;
    if (max === Infinity) {
      const loop = push({ type: 'fork', next, other: next });
      const first = emit(body, loop);
      (instructions[loop] as { next: number }).next = first;
      if (first === loop) return next;
      entry = required > 0 ? first : loop;
      required = Math.max(0, required - 1);
    } else
      for (let copy = min; copy < max; copy++) {
        const before = emit(body, entry);
        // A body that reads nothing reads nothing however often: `(()){1000}` must not cost a thousand turns.
        if (before === entry) return next;
        entry = push({ type: 'fork', next: before, other: next });
      }
    for (; required > 0; required--) {
      const before = emit(body, entry);
      if (before === entry) return entry;
      entry = before;
    }
    return entry;
  }
}

export function contains(ranges: readonly CodeRange[], code: number): boolean {
  for (const [from, to] of ranges) if (from <= code && code <= to) return true;
  return false;
}
