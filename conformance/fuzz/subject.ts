import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fuzzDns } from '@tulle/agent/dns/dns-fuzz';
import { fuzzClientHello } from '@tulle/agent/tls-passthrough/client-hello-fuzz';
import { fuzzHttp1 } from '@tulle/wire/http1/fuzz-target';
import { fuzzHttp2 } from '@tulle/wire/http2/fuzz-target';
import { clientHello, clientHelloTokens } from './client-hello-grammar.ts';
import { dnsMessage, dnsTokens } from './dns-grammar.ts';
import { http1Stream, http1Tokens } from './http1-grammar.ts';
import { http2Stream } from './http2-grammar.ts';
import { http2Tokens } from './http2-vocabulary.ts';
import { compareWithLlhttp } from './llhttp.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';

export interface Subject {
  /** Throws when a promise is broken, whatever the input. */
  run(input: Buffer): void;
  /** What comes behind the two bytes that choose circumstances; `mode` is the first of them. */
  generate(random: Random, mode: number): Buffer;
  /** Part of the path of what is looked at. */
  readonly sources: string;
  readonly tokens: readonly Buffer[];
  readonly corpus: readonly Buffer[];
}

const folder = join(import.meta.dirname, 'corpus');

/** Text that can be read where it is text: a character for each byte. */
const encodings: Readonly<Record<string, BufferEncoding>> = {
  http1: 'latin1',
  http2: 'base64',
  dns: 'base64',
  clientHello: 'base64',
};

/** Inputs that once reached something no other had reached. */
function readCorpus(name: string): Buffer[] {
  const texts = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as string[];
  return texts.map((text) => Buffer.from(text, encodings[name]));
}

export function writeCorpus(name: string, inputs: readonly Buffer[]): void {
  const lines = inputs.map((input) => `  ${JSON.stringify(input.toString(encodings[name]))}`);
  writeFileSync(join(folder, `${name}.json`), `[\n${lines.join(',\n')}\n]\n`);
}

const http1 = {
  sources: '/packages/wire/src/',
  generate: (random: Random, mode: number) => http1Stream(random, (mode & 1) !== 0),
  tokens: http1Tokens,
  corpus: readCorpus('http1'),
};

export const subjects: Readonly<Record<string, Subject>> = {
  http1: { ...http1, run: fuzzHttp1 },
  http2: {
    run: fuzzHttp2,
    sources: '/packages/wire/src/',
    generate: (random, mode) => http2Stream(random, (mode & 1) !== 0),
    tokens: http2Tokens,
    corpus: readCorpus('http2'),
  },
  llhttp: { ...http1, run: compareWithLlhttp },
  dns: {
    run: (input) => fuzzDns(input.subarray(2)),
    generate: dnsMessage,
    sources: '/apps/agent/src/dns/',
    tokens: dnsTokens,
    corpus: readCorpus('dns'),
  },
  clientHello: {
    run: (input) => fuzzClientHello(input.subarray(1)),
    generate: clientHello,
    sources: '/apps/agent/src/tls-passthrough/',
    tokens: clientHelloTokens,
    corpus: readCorpus('clientHello'),
  },
};

/** Input `index` of the run with this seed: always the same for the same corpus. */
export function inputAt({ generate, tokens, corpus }: Subject, seed: number, index: number): Buffer {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b));
  random.next();
  const mode = random.below(256);
  const fresh = () => {
    const said = generate(random, mode);
    const input = Buffer.allocUnsafe(2 + said.length);
    input[0] = mode;
    // Pieces of few bytes find the seams, and take their time.
    input[1] = random.oneIn(6) ? random.below(4) : random.below(256);
    input.set(said, 2);
    return input;
  };
  const other = corpus.length > 0 ? random.of(corpus) : fresh();
  switch (random.below(4)) {
    case 0:
      return fresh();
    case 1:
      return mutate(random, other, tokens, fresh());
    default:
      return mutate(random, fresh(), tokens, other);
  }
}
