import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MeshError } from './errors.ts';
import {
  type AgentTrust,
  abortRotation,
  advanceRotation,
  holdoutsOf,
  longOfflineMs,
  type RotatedRoot,
  type RotationPhase,
  signingRoot,
} from './root-rotation.ts';

const now = 1_000_000;
const since = now - 100_000;
const agent = (changed: Partial<AgentTrust> = {}): AgentTrust => ({
  agentId: 'a1',
  instance: 'orders-1',
  service: 'orders',
  connected: true,
  lastSeenAt: now,
  issued: 'old',
  reported: { at: now, roots: ['old', 'new'], leaf: 'old' },
  ...changed,
});
const stateOf = (phase: RotationPhase, one: AgentTrust) =>
  holdoutsOf({ phase, since }, [one], now)[0]?.state ?? 'confirmed';

describe('an agent has confirmed', () => {
  test('distributing when it trusts both roots', () => {
    expect(stateOf('distributing', agent())).toBe('confirmed');
    expect(stateOf('distributing', agent({ reported: { at: now, roots: ['old'], leaf: 'old' } }))).toBe(
      'bundle',
    );
    expect(stateOf('distributing', agent({ reported: undefined }))).toBe('silent');
  });

  test('re-issuing when it also serves with the newest certificate, which is of the new root', () => {
    const renewed = { at: now, roots: ['old', 'new'], leaf: 'new' } as const;
    expect(stateOf('reissuing', agent({ reported: renewed, issued: 'new' }))).toBe('confirmed');
    expect(stateOf('reissuing', agent({ issued: 'new' }))).toBe('certificate');
    expect(stateOf('reissuing', agent({ reported: renewed, issued: 'old' }))).toBe('certificate');
    expect(stateOf('reissuing', agent())).toBe('certificate');
  });

  test('nothing by what it said before the phase began', () => {
    const before = { at: since - 1, roots: ['old', 'new'], leaf: 'old' } as const;
    expect(stateOf('returning', agent({ reported: before }))).toBe('silent');
    expect(stateOf('returning', agent({ reported: before, connected: false }))).toBe('disconnected');
  });

  test('also when it went offline afterwards', () => {
    expect(stateOf('returning', agent({ connected: false }))).toBe('confirmed');
  });
});

describe('a step forward', () => {
  const away = agent({ connected: false, reported: undefined, lastSeenAt: now - longOfflineMs });
  const step = (agents: AgentTrust[], without: string[] = []) =>
    advanceRotation({ phase: 'distributing', since }, agents, { without, now });

  test('is refused with the names of those who hold it up', () => {
    const silent = agent({ reported: undefined });
    expect(() => step([silent])).toThrow('trust both roots: orders-1 has not confirmed it');
    const seven = Array.from({ length: 7 }, (_, index) => ({ ...silent, instance: `orders-${index}` }));
    expect(() => step(seven)).toThrow('orders-4 and 2 more have not');
  });

  test('leaves behind who was away for long, and is named', () => {
    expect(() => step([away])).toThrow(MeshError);
    expect(step([away], ['orders-1'])).toBe('reissuing');
    const back = { ...away, lastSeenAt: away.lastSeenAt + 1 };
    expect(() => step([back], ['orders-1'])).toThrow('orders-1 cannot be left behind');
    expect(() => step([{ ...away, connected: true }], ['orders-1'])).toThrow('cannot be left behind');
  });
});

test('abort ends at once while the new root has signed nothing', () => {
  expect(abortRotation('distributing')).toBe('aborted');
  expect(abortRotation('reissuing')).toBe('returning');
  expect(() => abortRotation('returning')).toThrow('given up already');
});

/**
 * A mesh whose agents do at any moment what the API last asked, or not yet. Roots are numbers. Chains of the new root
 * are not taken to lead to the old one as well, although they do: the guards alone must be enough.
 */
class ModelMesh {
  roots: readonly [old: number, next: number | undefined] = [0, undefined];
  phase: RotationPhase | undefined = undefined;
  since = 0;
  made = 0;
  clock = 1;
  readonly agents: {
    connected: boolean;
    trusts: readonly number[];
    leaf: number;
    issued: number;
    said: { at: number; trusts: readonly number[]; leaf: number } | undefined;
  }[] = [];

  get trusted(): number[] {
    return this.roots.flatMap((root) => root ?? []);
  }

  get signing(): number {
    const [old, next] = this.roots;
    return this.phase !== undefined && signingRoot(this.phase) === 'new' ? (next ?? old) : old;
  }

  join(): void {
    const { trusted: trusts, signing: leaf } = this;
    this.agents.push({ connected: true, trusts, leaf, issued: leaf, said: undefined });
  }

  /** What one agent may do at this moment. */
  act(index: number, what: 'bundle' | 'ask' | 'renew' | 'report' | 'lose' | 'connect'): void {
    const one = this.agents[index % Math.max(1, this.agents.length)];
    if (one === undefined) return;
    if (what === 'connect' || what === 'lose') one.connected = what === 'connect';
    if (!one.connected) return;
    if (what === 'bundle') one.trusts = this.trusted;
    // The answer to a renewal may come much later than it was signed.
    if (what === 'ask') one.issued = this.signing;
    if (what === 'renew') one.leaf = one.issued;
    if (what === 'report') one.said = { at: this.clock, trusts: one.trusts, leaf: one.leaf };
  }

  start(): void {
    if (this.phase !== undefined) return;
    this.roots = [this.roots[0], ++this.made];
    this.enter('distributing');
  }

  advance(): void {
    if (this.phase === undefined) return;
    const agents = this.agents.map((one, index) => this.seen(one, index));
    try {
      const next = advanceRotation({ phase: this.phase, since: this.since }, agents, {
        without: [],
        now: this.clock,
      });
      if (next === 'reissuing') this.enter(next);
      else this.end(next === 'retired' ? (this.roots[1] ?? -1) : this.roots[0]);
    } catch (error) {
      if (!(error instanceof MeshError)) throw error;
    }
  }

  abort(): void {
    if (this.phase === undefined || this.phase === 'returning') return;
    if (abortRotation(this.phase) === 'returning') this.enter('returning');
    else this.end(this.roots[0]);
  }

  private enter(phase: RotationPhase): void {
    this.phase = phase;
    this.since = this.clock;
  }

  private end(root: number): void {
    this.phase = undefined;
    this.roots = [root, undefined];
  }

  private seen(one: ModelMesh['agents'][number], index: number): AgentTrust {
    const named = (root: number): RotatedRoot | undefined =>
      root === this.roots[0] ? 'old' : root === this.roots[1] ? 'new' : undefined;
    return agent({
      agentId: String(index),
      instance: `orders-${index}`,
      connected: one.connected,
      issued: named(one.issued),
      reported: one.said && {
        at: one.said.at,
        roots: one.said.trusts.flatMap((root) => named(root) ?? []),
        leaf: named(one.said.leaf),
      },
    });
  }
}

type Move = readonly [what: string, index: number];

const move = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom('bundle', 'ask', 'renew', 'report'), fc.nat(3)) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('lose', 'connect'), fc.nat(3)) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('join', 'start', 'start', 'abort'), fc.constant(0)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('advance'), fc.constant(0)) },
);

/** Plays a history with two agents to begin with; whether each moment of it looks right. */
function play(moves: readonly Move[], look: (mesh: ModelMesh) => boolean): boolean {
  const mesh = new ModelMesh();
  mesh.join();
  mesh.join();
  return moves.every(([what, index]) => {
    mesh.clock++;
    if (what === 'join' || what === 'start' || what === 'abort' || what === 'advance') mesh[what]();
    else mesh.act(index, what as Parameters<ModelMesh['act']>[1]);
    return look(mesh);
  });
}

const steps = ['bundle', 'ask', 'renew', 'report'] as const;
const roundOf = (index: number, done: readonly string[] = steps) => done.map((what): Move => [what, index]);
const everybody = (done?: readonly string[]) => [0, 1, 2, 3].flatMap((index) => roundOf(index, done));
/** What live agents do within seconds, wholly or in part, and what people do meanwhile. */
const history = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: fc.nat(3).map((index) => roundOf(index)) },
      { weight: 6, arbitrary: fc.constant(everybody()) },
      { weight: 3, arbitrary: fc.subarray([...steps], { minLength: 1 }).map(everybody) },
      { weight: 6, arbitrary: fc.constant([['advance', 0] as Move]) },
      { weight: 6, arbitrary: move.map((one): Move[] => [one]) },
    ),
    { maxLength: 60, size: 'max' },
  )
  .map((some) => some.flat());

/** By the API, the API by it, and each by each other. */
function isWhole({ agents, trusted, signing }: ModelMesh): boolean {
  return agents.every(
    ({ trusts, leaf }) =>
      trusted.includes(leaf) &&
      trusts.includes(signing) &&
      agents.every((other) => trusts.includes(other.leaf)),
  );
}

test('whatever happens in whatever order, everybody trusts everybody', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(history, (moves) =>
      play(moves, (mesh) => {
        reached.add(mesh.phase ?? (mesh.roots[0] > 0 ? 'retired' : 'idle'));
        return isWhole(mesh);
      }),
    ),
    { numRuns: 1_000 },
  );
  // Else the histories would prove nothing.
  expect([...reached].toSorted()).toEqual(['distributing', 'idle', 'reissuing', 'retired', 'returning']);
});
