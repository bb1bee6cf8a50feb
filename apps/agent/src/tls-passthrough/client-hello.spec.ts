import { once } from 'node:events';
import { createServer } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fuzzClientHello } from './client-hello-fuzz.ts';
import { ClientHelloReader, MAX_HELLO_BYTES } from './client-hello-reader.ts';
import { ALERT } from './tls-alert.ts';

/** What Node's own TLS begins a connection with. */
async function realHello(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = connect({ port: address.port, host: '127.0.0.1', ...options });
  client.on('error', () => {});
  const [socket] = await once(server, 'connection');
  const [bytes] = await once(socket, 'data');
  client.destroy();
  socket.destroy();
  return bytes;
}

function read(bytes: Buffer) {
  return new ClientHelloReader().push(bytes);
}

const u16 = (value: number) => [value >> 8, value & 0xff];
const vector = (octets: 1 | 2, content: readonly number[]) => [
  ...(octets === 1 ? [content.length] : u16(content.length)),
  ...content,
];
const ascii = (text: string) => [...Buffer.from(text, 'latin1')];
const serverName = (...names: string[]) =>
  [0, 0].concat(
    vector(
      2,
      vector(
        2,
        names.flatMap((name) => [0, ...vector(2, ascii(name))]),
      ),
    ),
  );

interface Hello {
  version?: readonly number[];
  session?: readonly number[];
  suites?: readonly number[];
  compression?: readonly number[];
  /** Undefined leaves out the whole block. */
  extensions?: readonly (readonly number[])[] | undefined;
}

function body(hello: Hello): number[] {
  const { version = [3, 3], session = [], suites = [0x13, 1], compression = [0], extensions } = hello;
  return [
    ...version,
    ...Array(32).fill(9),
    ...vector(1, session),
    ...vector(2, suites),
    ...vector(1, compression),
    ...(extensions === undefined ? [] : vector(2, extensions.flat())),
  ];
}

/** The handshake message in records of at most `size` octets. */
function records(message: readonly number[], size = 16_384): Buffer {
  const parts: number[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.slice(at, at + size);
    parts.push(22, 3, 1, ...u16(part.length), ...part);
  }
  return Buffer.from(parts);
}

const handshake = (content: readonly number[]) => [1, 0, ...u16(content.length), ...content];
const helloOf = (hello: Hello, size?: number) => records(handshake(body(hello)), size);

const label = fc
  .string({ unit: fc.constantFrom(...'abcxyzABC0129'), minLength: 1, maxLength: 20 })
  .map((text) => text);
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const otherExtensions = fc
  .uniqueArray(fc.integer({ min: 1, max: 0xffff }), { maxLength: 6 })
  .chain((types) =>
    fc.tuple(
      ...types.map((type) =>
        fc.uint8Array({ maxLength: 50 }).map((data) => [...u16(type), ...vector(2, [...data])]),
      ),
    ),
  );

describe('the server name is found', () => {
  it.each<[string, ConnectionOptions]>([
    ['TLS 1.3', { servername: 'orders.mesh' }],
    ['TLS 1.2', { servername: 'orders.mesh', maxVersion: 'TLSv1.2' }],
    ['ALPN', { servername: 'Orders.Mesh', ALPNProtocols: ['h2', 'http/1.1'] }],
  ])('in what OpenSSL sends: %s', async (_what, options) => {
    const hello = await realHello(options);
    const reader = new ClientHelloReader();
    expect(reader.push(hello)).toEqual({ serverName: 'orders.mesh' });
    expect(reader.bytes).toEqual(hello);
  });

  it('and that there is none', async () => {
    expect(read(await realHello({}))).toEqual({ serverName: '' });
    expect(read(helloOf({ extensions: undefined }))).toEqual({ serverName: '' });
    expect(read(helloOf({ extensions: [] }))).toEqual({ serverName: '' });
  });

  it('among any other extensions, in records and reads of any size, with all bytes kept', () => {
    fc.assert(
      fc.property(
        host,
        otherExtensions,
        fc.nat(),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 400 }),
        fc.uint8Array({ maxLength: 50 }),
        (name, others, place, recordBytes, readBytes, behind) => {
          const extensions = others.toSpliced(place % (others.length + 1), 0, serverName(name));
          const hello = Buffer.concat([helloOf({ extensions }, recordBytes), behind]);
          const reader = new ClientHelloReader();
          let found: ReturnType<ClientHelloReader['push']>;
          let at = 0;
          for (; at < hello.length && found === undefined; at += readBytes)
            found = reader.push(hello.subarray(at, at + readBytes));
          expect(found).toEqual({ serverName: name.toLowerCase() });
          expect(reader.bytes).toEqual(hello.subarray(0, at));
        },
      ),
    );
  });
});

describe('is refused', () => {
  const good = handshake(body({ extensions: [serverName('orders.mesh')] }));
  const cases: [string, Buffer, number][] = [
    ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), ALERT.unexpectedMessage],
    ['SSL 2', Buffer.from([0x80, 0x2e, 1, 0, 2]), ALERT.unexpectedMessage],
    ['another handshake message', records([2, ...good.slice(1)]), ALERT.unexpectedMessage],
    ['an alert', Buffer.from([21, 3, 3, 0, 2, 2, 40]), ALERT.unexpectedMessage],
    ['an empty record', Buffer.from([22, 3, 1, 0, 0]), ALERT.unexpectedMessage],
    ['a record too long', Buffer.from([22, 3, 1, 0x40, 1]), ALERT.recordOverflow],
    ['a message behind it', records([...good, 1, 0, 0, 0]), ALERT.unexpectedMessage],
    ['a message too long', records([1, 0, 0x40, 0]), ALERT.recordOverflow],
    [
      'records of one octet without end',
      records([1, 0, 0x3f, 0, ...Array(4_000).fill(0)], 1),
      ALERT.recordOverflow,
    ],
    [
      'another record amid it',
      Buffer.concat([records(good.slice(0, 9)), Buffer.from([23])]),
      ALERT.unexpectedMessage,
    ],
    ['two names', helloOf({ extensions: [serverName('a', 'b')] }), ALERT.decodeError],
    ['no name in the extension', helloOf({ extensions: [serverName()] }), ALERT.decodeError],
    [
      'the extension twice',
      helloOf({ extensions: [serverName('a'), serverName('b')] }),
      ALERT.illegalParameter,
    ],
    [
      'a name with a dot at its end',
      helloOf({ extensions: [serverName('orders.mesh.')] }),
      ALERT.unrecognizedName,
    ],
    [
      'a name with a NUL',
      helloOf({ extensions: [serverName('orders.mesh\0.evil')] }),
      ALERT.unrecognizedName,
    ],
    ['a name that is empty', helloOf({ extensions: [serverName('')] }), ALERT.unrecognizedName],
    [
      'a name that is too long',
      helloOf({ extensions: [serverName('a.'.repeat(127))] }),
      ALERT.unrecognizedName,
    ],
    ['an odd list of suites', helloOf({ suites: [1, 2, 3] }), ALERT.decodeError],
    ['no suites', helloOf({ suites: [] }), ALERT.decodeError],
    ['no compression', helloOf({ compression: [] }), ALERT.decodeError],
    ['a session too long', helloOf({ session: Array(33).fill(0) }), ALERT.decodeError],
    ['another major version', helloOf({ version: [2, 0] }), ALERT.protocolVersion],
    ['bytes behind the extensions', records(handshake([...body({ extensions: [] }), 0])), ALERT.decodeError],
  ];

  it.each(cases)('%s', (_what, bytes, alert) => {
    expect(read(bytes)).toMatchObject({ alert });
  });

  it('every message that is cut short, in its body', () => {
    const whole = body({ extensions: [serverName('orders.mesh')] });
    for (let length = 0; length < whole.length; length++) {
      const outcome = read(records(handshake(whole.slice(0, length))));
      // Without its extensions it is a whole message of TLS 1.2.
      if (outcome === undefined || !('serverName' in outcome))
        expect(outcome).toMatchObject({ alert: ALERT.decodeError });
      else expect([length, outcome.serverName]).toEqual([body({}).length, '']);
    }
  });
});

it('holds no more than its bound, however slowly the bytes come', () => {
  const reader = new ClientHelloReader();
  const endless = records([1, 0, 0x3f, 0xf0, ...Array(16_000).fill(0)], 1);
  let pushed = 0;
  while (reader.push(endless.subarray(pushed, pushed + 7)) === undefined) pushed += 7;
  expect(reader.bytes.length).toBeLessThanOrEqual(MAX_HELLO_BYTES + 20);
});

it('no octets make it fail, and how they are cut changes nothing', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fuzzClientHello));
  const damaged = fc.tuple(
    fc.record({ extensions: otherExtensions, name: host, size: fc.integer({ min: 1, max: 300 }) }),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
  );
  fc.assert(
    fc.property(damaged, ([{ extensions, name, size }, changes]) => {
      const bytes = helloOf({ extensions: [...extensions, serverName(name)] }, size);
      for (const [place, value] of changes) bytes[place % bytes.length] = value;
      fuzzClientHello(Buffer.concat([Buffer.of(size), bytes]));
    }),
    { numRuns: 1_000 },
  );
});
