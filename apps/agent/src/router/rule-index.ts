import type { RequestHead } from '@tulle/wire/http/message-head';
import { bySpecificity, type Candidate } from './candidate.ts';
import { type CandidateList, candidateList, type Ranked } from './candidate-list.ts';
import { grpcMethodOf, literalElements, PATH_RANK, type PathCondition } from './path-condition.ts';

const SLASH = 0x2f;

/**
 * Finds the most specific match among all rules of a service, in time that grows with the path of the request and
 * with what the candidates for that path ask, not with the number of rules.
 */
export class RuleIndex<Value> {
  private readonly exact = new Map<string, CandidateList<Value>>();
  private readonly elements = new PathElement<Value>(undefined);
  private readonly grpcMethods = new Map<string, CandidateList<Value>>();
  private readonly anyPath: CandidateList<Value> | undefined;

  /** `candidates` in the order of the rules, which decides between equally specific ones. */
  constructor(candidates: readonly Candidate<Value>[]) {
    const ranked = candidates
      .toSorted(bySpecificity)
      .map((candidate, place): Ranked<Value> => ({ candidate, place }));
    const of = (rank: PathCondition['rank']) =>
      ranked.filter(({ candidate }) => candidate.path.rank === rank);
    const text = ({ candidate }: Ranked<Value>) => candidate.path.text;
    fill(this.exact, Map.groupBy(of(PATH_RANK.exact), text));
    fill(this.grpcMethods, Map.groupBy(of(PATH_RANK.grpcMethod), text));
    for (const [prefix, same] of Map.groupBy(of(PATH_RANK.prefix), text))
      this.elements.below(prefix).prefixes = candidateList(same);
    const byBeginning = Map.groupBy(of(PATH_RANK.regexp), (one) => literalElements(text(one)));
    for (const [beginning, same] of byBeginning)
      this.elements.below(beginning).expressions = candidateList(same);
    this.anyPath = candidateList(of(PATH_RANK.any));
  }

  /** `path` as `matchablePath` makes it of that of the head. */
  find(path: string, head: RequestHead, source: string): Value | undefined {
    const all = Number.POSITIVE_INFINITY;
    const exact = this.exact.get(path)?.first(path, head, source, all);
    if (exact !== undefined) return exact.candidate.value;
    const deepest = this.elements.deepest(path);
    let found: Ranked<Value> | undefined;
    for (
      let element: PathElement<Value> | undefined = deepest;
      element !== undefined && found === undefined;
      element = element.parent
    )
      found = element.prefixes?.first(path, head, source, all);
    if (found === undefined && this.grpcMethods.size > 0)
      found = this.grpcMethods.get(grpcMethodOf(path))?.first(path, head, source, all);
    found ??= expressionAbove(deepest, path, head, source) ?? this.anyPath?.first(path, head, source, all);
    return found?.candidate.value;
  }
}

/** A node of the tree of all prefixes, by elements. */
class PathElement<Value> {
  readonly parent: PathElement<Value> | undefined;
  /** Candidates whose prefix ends here. */
  prefixes: CandidateList<Value> | undefined = undefined;
  /** Candidates with an expression, all matches of which begin here. */
  expressions: CandidateList<Value> | undefined = undefined;
  private children: Map<string, PathElement<Value>> | undefined = undefined;

  constructor(parent: PathElement<Value> | undefined) {
    this.parent = parent;
  }

  /** The node of a prefix, made with those above it. */
  below(prefix: string): PathElement<Value> {
    let node: PathElement<Value> = this;
    for (const name of prefix.split('/').slice(1)) {
      node.children ??= new Map();
      const child: PathElement<Value> = node.children.get(name) ?? new PathElement(node);
      node.children.set(name, child);
      node = child;
    }
    return node;
  }

  /** Goes down along the elements of a path as far as any prefix does. */
  deepest(path: string): PathElement<Value> {
    let node: PathElement<Value> = this;
    if (path.charCodeAt(0) !== SLASH) return node;
    let start = 1;
    while (node.children !== undefined) {
      const slash = path.indexOf('/', start);
      const child = node.children.get(path.substring(start, slash < 0 ? path.length : slash));
      if (child === undefined) return node;
      node = child;
      if (slash < 0) return node;
      start = slash + 1;
    }
    return node;
  }
}

/** Unlike prefixes, those that begin deeper are not the more specific: the place decides. */
function expressionAbove<Value>(
  deepest: PathElement<Value>,
  path: string,
  head: RequestHead,
  source: string,
): Ranked<Value> | undefined {
  let best: Ranked<Value> | undefined;
  for (let element: PathElement<Value> | undefined = deepest; element !== undefined; element = element.parent)
    best = element.expressions?.first(path, head, source, best?.place ?? Number.POSITIVE_INFINITY) ?? best;
  return best;
}

function fill<Value>(
  lists: Map<string, CandidateList<Value>>,
  groups: ReadonlyMap<string, readonly Ranked<Value>[]>,
): void {
  for (const [text, same] of groups) {
    const list = candidateList(same);
    if (list !== undefined) lists.set(text, list);
  }
}
