import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export interface Case {
  /** Section and number within it, such as `http2/5.1/7`. */
  readonly id: string;
  readonly title: string;
  /** What was expected and what came; undefined when it passed. */
  readonly failure: string | undefined;
}

const CASE = /<testcase package="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const entities: Record<string, string> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  '#39': "'",
  '#34': '"',
  '#xA': '\n',
};

const withoutEntities = (text: string) =>
  text.replace(/&([a-z]+|#\w+);/gi, (whole, name) => entities[name] ?? whole);

/** Frames come with their bytes. */
const printable = (text: string) => text.replace(/[^\n -~]+/g, '.').slice(0, 500);

/**
 * For a frame that is too large h2spec sends HEADERS with five such fields, whatever frames the server announces that it
 * takes: more than the 64 KiB of an agent, also when Huffman-coded.
 */
const DUMMY_FIELD_BYTES = 16_000;

/** Every strict case against a listener in plain text with prior knowledge. `reportFile` is written to. */
export async function runH2spec(
  program: string,
  port: number,
  path: string,
  reportFile: string,
): Promise<Case[]> {
  const args = ['--strict', '-p', String(port), '-P', path, '-o', '2', '-j', reportFile];
  const child = spawn(program, [...args, '--max-header-length', String(DUMMY_FIELD_BYTES)], {
    stdio: 'ignore',
  });
  await once(child, 'exit');
  const counts = new Map<string, number>();
  return Array.from(
    readFileSync(reportFile, 'utf8').matchAll(CASE),
    ([, section = '', title = '', inner = '']) => {
      const number = (counts.get(section) ?? 0) + 1;
      counts.set(section, number);
      const failed = /<(failure|error|skipped)/.test(inner);
      const failure = failed ? printable(withoutEntities(inner.replace(/<[^>]*>/g, ' '))).trim() : undefined;
      return { id: `${section}/${number}`, title: withoutEntities(title), failure };
    },
  );
}
