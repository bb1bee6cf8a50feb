import { contains, type Instruction, type RegexpProgram } from './regexp-program.ts';

/**
 * Thompson's machine without any memory of what it met: for texts that lead through more states than are worth being
 * kept. Begins at `index` of the text, after its first character, where it can be at `positions`.
 */
export function simulate(
  { instructions }: RegexpProgram,
  text: string,
  index: number,
  positions: readonly number[],
): boolean {
  const seenAt = new Int32Array(instructions.length).fill(-1);
  const open: number[] = [];
  let current = [...positions];
  let next: number[] = [];
  for (let at = index; at < text.length && current.length > 0; at++) {
    const code = text.charCodeAt(at);
    for (const position of current) {
      const step = instructions[position] as Instruction;
      if (step.type !== 'set' || !contains(step.ranges, code)) continue;
      open.push(step.next);
      follow(at);
    }
    [current, next] = [next, current];
    next.length = 0;
  }
  return endsAt(instructions, current);

  /** To all that can be reached without reading; nothing is at the start of the text any more. */
  function follow(at: number): void {
    for (let position = open.pop(); position !== undefined; position = open.pop()) {
      if (seenAt[position] === at) continue;
      seenAt[position] = at;
      const step = instructions[position] as Instruction;
      if (step.type === 'fork') open.push(step.next, step.other);
      else next.push(position);
    }
  }
}

function endsAt(instructions: readonly Instruction[], positions: readonly number[]): boolean {
  const seen = new Set<number>();
  const open = [...positions];
  for (let position = open.pop(); position !== undefined; position = open.pop()) {
    if (seen.has(position)) continue;
    seen.add(position);
    const step = instructions[position] as Instruction;
    if (step.type === 'accept') return true;
    if (step.type === 'fork') open.push(step.next, step.other);
    else if (step.type === 'end') open.push(step.next);
  }
  return false;
}
