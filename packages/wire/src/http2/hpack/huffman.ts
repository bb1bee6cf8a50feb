/**
 * Code lengths of the symbols 0 to 255 and of EOS (RFC 7541 appendix B). The code is canonical: within a length codes
 * follow the symbols, so the lengths say everything.
 */
const lengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const EOS = 256;

/** An inner node of the code's tree is a state; a step goes four bits on, and at most one symbol ends within them. */
const STATES = 256;
const SYMBOL_ENDS = 0x100;
const FAULT = 0x200;
/** By state and four bits: next state in 8 bits, the marks above, and the symbol from bit 16 on. */
const steps = new Uint32Array(STATES * 16);
/** RFC 7541 section 5.2: padding is shorter than a byte and all ones, which is the beginning of EOS. */
const mayEnd = new Uint8Array(STATES);

/** Children by node and bit: an inner node, or a symbol as its complement. */
function buildTree(): Int16Array {
  const tree = new Int16Array(STATES * 2);
  let nodes = 1;
  let code = 0;
  for (let length = 1; length <= 30; length++) {
    code <<= 1;
    for (let symbol = 0; symbol <= EOS; symbol++) {
      if (lengths[symbol] !== length) continue;
      let node = 0;
      for (let bit = length - 1; bit > 0; bit--) {
        const at = node * 2 + ((code >> bit) & 1);
        if (tree[at] === 0) tree[at] = nodes++;
        node = tree[at] as number;
      }
      tree[node * 2 + (code & 1)] = ~symbol;
      code++;
    }
  }
  return tree;
}

function stepFrom(tree: Int16Array, state: number, bits: number): number {
  let node = state;
  let marks = 0;
  for (let bit = 3; bit >= 0; bit--) {
    node = tree[node * 2 + ((bits >> bit) & 1)] as number;
    if (node >= 0) continue;
    const symbol = ~node;
    if (symbol === EOS) return FAULT;
    marks = SYMBOL_ENDS | (symbol << 16);
    node = 0;
  }
  return marks | node;
}

let isBuilt = false;

/** With the first string: whoever meets no Huffman code, as between agents, does without. */
function build(): void {
  isBuilt = true;
  const tree = buildTree();
  for (let state = 0; state < STATES; state++) {
    for (let bits = 0; bits < 16; bits++) steps[state * 16 + bits] = stepFrom(tree, state, bits);
  }
  let node = 0;
  for (let ones = 0; ones < 8; ones++) {
    mayEnd[node] = 1;
    node = tree[node * 2 + 1] as number;
  }
}

/** The shortest code has five bits. */
export function maxHuffmanOutput(bytes: number): number {
  return Math.floor((bytes * 8) / 5);
}

/** Decodes a string to `out` from `at` on; returns where it ends, or -1 when it is no Huffman code. */
export function decodeHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  if (!isBuilt) build();
  let state = 0;
  let to = at;
  for (let from = start; from < end; from++) {
    const byte = bytes[from] as number;
    let step = steps[(state << 4) | (byte >> 4)] as number;
    if ((step & (SYMBOL_ENDS | FAULT)) !== 0) {
      if ((step & FAULT) !== 0) return -1;
      out[to++] = step >> 16;
    }
    step = steps[((step & 0xff) << 4) | (byte & 15)] as number;
    if ((step & (SYMBOL_ENDS | FAULT)) !== 0) {
      if ((step & FAULT) !== 0) return -1;
      out[to++] = step >> 16;
    }
    state = step & 0xff;
  }
  return mayEnd[state] === 1 ? to : -1;
}
