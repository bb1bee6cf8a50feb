import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noData, noName, refused, writeAnswer, writeUnusable } from './dns-answer.ts';
import { fuzzDns } from './dns-fuzz.ts';
import { CLASS, RCODE, TYPE } from './dns-message.ts';
import { readQuery } from './dns-query.ts';

const address = Uint8Array.of(127, 64, 1, 2);

interface Question {
  id: number;
  labels: readonly string[];
  type: number;
  recursionDesired: boolean;
  edns: { version: number; dnssecOk: boolean; options: readonly number[] } | undefined;
}

function nameOf(labels: readonly string[]): number[] {
  return [...labels.flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]), 0];
}

function u16(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function write({ id, labels, type, recursionDesired, edns }: Question): Uint8Array {
  const header = [
    ...u16(id),
    recursionDesired ? 1 : 0,
    0,
    ...u16(1),
    ...u16(0),
    ...u16(0),
    ...u16(edns ? 1 : 0),
  ];
  const question = [...nameOf(labels), ...u16(type), ...u16(CLASS.in)];
  if (edns === undefined) return Uint8Array.from([...header, ...question]);
  const flags = [0, edns.version, edns.dnssecOk ? 0x80 : 0, 0];
  const options = edns.options.flatMap((length) => [...u16(10), ...u16(length), ...Array(length).fill(7)]);
  const opt = [0, ...u16(TYPE.opt), ...u16(4_096), ...flags, ...u16(options.length), ...options];
  return Uint8Array.from([...header, ...question, ...opt]);
}

const label = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 20 })
  .map((codes) => String.fromCharCode(...codes));
const question: fc.Arbitrary<Question> = fc.record({
  id: fc.integer({ min: 0, max: 0xffff }),
  labels: fc.array(label, { maxLength: 5 }),
  type: fc.integer({ min: 0, max: 0xffff }),
  recursionDesired: fc.boolean(),
  edns: fc.option(
    fc.record({
      version: fc.integer({ min: 0, max: 255 }),
      dnssecOk: fc.boolean(),
      options: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 3 }),
    }),
    { nil: undefined },
  ),
});

it('whatever is asked is read as it was asked', () => {
  fc.assert(
    fc.property(question, (asked) => {
      const { id, labels, type, recursionDesired, edns } = asked;
      expect(readQuery(write(asked))).toMatchObject({
        id,
        type,
        class: CLASS.in,
        recursionDesired,
        labels: labels.map((text) => text.toLowerCase()),
        ...(edns && { edns: { version: edns.version, dnssecOk: edns.dnssecOk } }),
      });
    }),
  );
});

it('a query that is cut short or has anything behind it is malformed', () => {
  fc.assert(
    fc.property(question, fc.nat(), (asked, place) => {
      const whole = write(asked);
      const cut = 12 + (place % (whole.length - 12));
      expect(readQuery(whole.subarray(0, cut))).toMatchObject({ id: asked.id, rcode: RCODE.formatError });
      expect(readQuery(Uint8Array.from([...whole, 0]))).toMatchObject({ rcode: RCODE.formatError });
    }),
  );
});

describe('is malformed', () => {
  const plain: Question = {
    id: 7,
    labels: ['a', 'mesh'],
    type: TYPE.a,
    recursionDesired: true,
    edns: undefined,
  };
  const raw = (...tail: number[]) => Uint8Array.from([...write(plain).subarray(0, 12), ...tail]);
  const withCounts = (counts: readonly number[]) => {
    const message = write(plain);
    for (const [index, count] of counts.entries()) message[5 + 2 * index] = count;
    return message;
  };
  const opt = [0, ...u16(TYPE.opt), ...u16(4_096), 0, 0, 0, 0, ...u16(0)];
  const cases: [string, Uint8Array][] = [
    ['a compressed name that points to itself', raw(0xc0, 12, 0, 1, 0, 1)],
    ['a compressed name that points ahead', raw(1, 97, 0xc0, 20, 0, 1, 0, 1)],
    ['a label type that was never used', raw(0x40, 97, 0, 0, 1, 0, 1)],
    [
      'a name of more than 255 octets',
      raw(...Array.from({ length: 5 }, () => [63, ...Array(63).fill(97)]).flat(), 0, 0, 1, 0, 1),
    ],
    ['no question', withCounts([0, 0, 0, 0])],
    ['two questions', withCounts([2, 0, 0, 0])],
    ['an answer beside the question', withCounts([1, 1, 0, 0])],
    ['an authority beside the question', withCounts([1, 0, 1, 0])],
    ['more records than there are', withCounts([1, 0, 0, 1])],
    ['two OPT records', Uint8Array.from([...withCounts([1, 0, 0, 2]), ...opt, ...opt])],
    ['an OPT record of a name', Uint8Array.from([...withCounts([1, 0, 0, 1]), 1, 97, ...opt])],
    [
      'half an option',
      Uint8Array.from([...withCounts([1, 0, 0, 1]), ...opt.slice(0, -2), 0, 6, 0, 10, 0, 4, 0, 0]),
    ],
    ['an endless message', Uint8Array.from([...write(plain), ...Array(5_000).fill(0)])],
  ];

  it.each(cases)('%s', (_what, message) => {
    expect(readQuery(message)).toMatchObject({ id: 7, rcode: RCODE.formatError });
  });

  it('but what is no query at all is not even answered', () => {
    const response = write(plain);
    response[2] = 0x80;
    expect(readQuery(response)).toBeUndefined();
    expect(readQuery(response.subarray(0, 11))).toBeUndefined();
  });

  it('and other kinds of queries are said not to be known', () => {
    const update = write(plain);
    update[2] = 5 << 3;
    const answer = readQuery(update);
    expect(answer).toMatchObject({ rcode: RCODE.notImplemented });
    if (answer === undefined || !('rcode' in answer)) throw new Error('it is unusable');
    expect([...writeUnusable(answer)]).toEqual([0, 7, 0x80 | (5 << 3), 4, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('an answer', () => {
  const meshQuestion = question.map((asked) => ({ ...asked, labels: [...asked.labels, 'mesh'] }));
  const answers = fc.constantFrom(refused, noData, noName, {
    rcode: RCODE.noError,
    address,
    authoritative: true,
  });

  it('fits a datagram of any age and repeats its question octet for octet', () => {
    fc.assert(
      fc.property(meshQuestion, answers, (asked, answer) => {
        const sent = write(asked);
        const query = readQuery(sent);
        if (query === undefined || 'rcode' in query) throw new Error('it can be read');
        const bytes = writeAnswer(query, answer);
        const end = 12 + query.question.length;
        expect(bytes.length).toBeLessThanOrEqual(512);
        expect([...bytes.subarray(0, 2)]).toEqual([...sent.subarray(0, 2)]);
        expect([...bytes.subarray(12, end)]).toEqual([...sent.subarray(12, end)]);
        expect((bytes[3] ?? 0) & 0xf).toBe(answer.rcode);
        expect((bytes[2] ?? 0) & 1).toBe(Number(asked.recursionDesired));
      }),
    );
  });

  it('is written as the RFCs have it', () => {
    const query = readQuery(
      write({
        id: 0x1234,
        labels: ['Orders', 'mesh'],
        type: TYPE.a,
        recursionDesired: true,
        edns: { version: 0, dnssecOk: true, options: [8] },
      }),
    );
    if (query === undefined || 'rcode' in query) throw new Error('it can be read');
    const found = Buffer.from(writeAnswer(query, { rcode: 0, address, authoritative: true })).toString('hex');
    const name = '064f7264657273046d65736800';
    const opt = '00002904d0000080000000';
    expect(found).toBe(`123485000001000100000001${name}00010001c00c000100010000000500047f400102${opt}`);
    const soa = 'c01300060001000000010023c0130a686f73746d6173746572c013';
    const times = '0000000100000e10000002580001518000000001';
    expect(Buffer.from(writeAnswer(query, noName)).toString('hex')).toBe(
      `123485030001000000010001${name}00010001${soa}${times}${opt}`,
    );
  });
});

it('no octets make it fail, whether they look like a query or not', () => {
  const bytes = fc.uint8Array({ maxLength: 600 });
  fc.assert(fc.property(bytes, fuzzDns), { numRuns: 2_000 });
  const damaged = fc.tuple(question, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))));
  fc.assert(
    fc.property(damaged, ([asked, changes]) => {
      const message = write(asked);
      for (const [place, value] of changes) message[place % message.length] = value;
      fuzzDns(message);
    }),
    { numRuns: 2_000 },
  );
});
