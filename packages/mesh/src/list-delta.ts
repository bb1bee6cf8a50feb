/** What has become of a list of things with names, for one who has the list as it was. */
export interface ListDelta<Member> {
  /** Members that are new, or not as they were. */
  readonly set: readonly Member[];
  /** Names of those that are gone. */
  readonly gone: readonly string[];
}

/** Members are plain JSON, and no two have the same name. */
export function deltaBetween<Member>(
  before: readonly Member[],
  after: readonly Member[],
  nameOf: (member: Member) => string,
): ListDelta<Member> {
  const had = new Map(before.map((member) => [nameOf(member), JSON.stringify(member)]));
  const names = new Set(after.map(nameOf));
  return {
    set: after.filter((member) => had.get(nameOf(member)) !== JSON.stringify(member)),
    gone: [...had.keys()].filter((name) => !names.has(name)),
  };
}

/** The list as it is now, by name; members that are as they were are the same objects. */
export function withDelta<Member>(
  before: readonly Member[],
  { set, gone }: ListDelta<Member>,
  nameOf: (member: Member) => string,
): Member[] {
  const members = new Map(before.map((member) => [nameOf(member), member]));
  for (const name of gone) members.delete(name);
  for (const member of set) members.set(nameOf(member), member);
  return [...members].sort(byName).map(([, member]) => member);
}

/** In the order of code units, as `sort()` has it. */
function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : Number(one > other);
}
