import { MeshError } from '@tulle/mesh/errors';
import { Lexer } from 'yaml';

export const maxDocuments = 2_000;
/** No resource is half as deep. */
const maxDepth = 40;

/** What the lexer puts before the text of a plain or block scalar. */
const scalarFollows = '\u001f';

/**
 * Refuses text that would cost the parser far more than its size: it takes minutes for 1 MB of `? ? ? …`. The lexer
 * alone is linear, a tenth of a second for 1 MB.
 */
export function refuseCostlyYaml(text: string): void {
  let flow = 0;
  let compact = 0;
  let documents = 1;
  let before = '';
  for (const token of new Lexer().lex(text)) {
    const isText = before === scalarFollows;
    before = token;
    if (isText) continue;
    if (token === '[' || token === '{') flow++;
    else if (token === ']' || token === '}') flow = Math.max(0, flow - 1);
    else if (token === '-' || token === '?') compact++;
    else if (token === '\n') compact = 0;
    else if (token === '---') documents++;
    if (flow > maxDepth || compact > maxDepth) {
      throw new MeshError('invalid_yaml', `It is nested more than ${maxDepth} levels deep; no resource is.`);
    }
    if (documents > maxDocuments + 1) {
      throw new MeshError('too_large', `These are more than ${maxDocuments} documents; apply them in parts.`);
    }
  }
}
