/** What a server answers to `/bad`, and what the client gets of it. */
export interface ResponseShape {
  readonly name: string;
  readonly bytes: string;
  /** Head of the request; GET without fields by default. */
  readonly request?: string;
  /** What the client sends once it is being answered; by default another request, which closes the connection. */
  readonly follow?: string;
  /** Statuses in their order; `cut`: the connection ends inside of the answer. */
  readonly answers: readonly (number | 'cut')[];
}

export const NEXT = 'GET /next HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\n';
const good = `${ok}Content-Length: 2\r\n\r\nok`;
/** Would be the answer to whoever asks next on the same connection to the server. */
const poison = `${ok}Content-Length: 8\r\n\r\npoisoned`;
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: web\r\n\r\n';

const heads = [
  'Content-Length: 2\r\nTransfer-Encoding: chunked',
  'Content-Length: 2\r\nContent-Length: 3',
  'Content-Length: 2\r\nContent-Length: 2',
  'Content-Length: 2, 2',
  'Content-Length: +2',
  'Content-Length: -2',
  'Content-Length: 0x2',
  'Content-Length: 2 2',
  'Content-Length: 18446744073709551618',
  'Content-Length : 2',
  'Content-Length:\r\n 2',
  'X: y\nContent-Length: 2',
  'X: y\rContent-Length: 2',
  'X: y\r\n z\r\nContent-Length: 2',
  'X: y\0\r\nContent-Length: 2',
  'X Y: z\r\nContent-Length: 2',
  ': y\r\nContent-Length: 2',
  'no colon\r\nContent-Length: 2',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding:\x0bchunked',
  'Connection: content-length\r\nContent-Length: 2',
];
const startLines = [
  'HTTP/1.1 200 OK\n',
  'HTTP/1.2 200 OK\r\n',
  'HTTP/2 200 OK\r\n',
  'HTTP/1.1  200 OK\r\n',
  'HTTP/1.1 20 OK\r\n',
  'HTTP/1.1 2000 OK\r\n',
  'HTTP/1.1 600 OK\r\n',
  'HTTP/1.1 +20 OK\r\n',
  'ICY 200 OK\r\n',
  ' HTTP/1.1 200 OK\r\n',
  '\r\nHTTP/1.1 200 OK\r\n',
];
const refusedHeads: readonly ResponseShape[] = [
  ...heads.map((lines) => ({
    name: `answer with ${JSON.stringify(lines)}`,
    bytes: `${ok}${lines}\r\n\r\n${poison}`,
    answers: [502, 200],
  })),
  ...startLines.map((line) => ({
    name: `status line ${JSON.stringify(line)}`,
    bytes: `${line}Content-Length: 2\r\n\r\nok`,
    answers: [502, 200],
  })),
  {
    name: 'chunks in HTTP/1.0',
    bytes: 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    answers: [502, 200],
  },
  {
    name: 'a switch nobody asked for',
    bytes: `HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n${poison}`,
    answers: [502, 200],
  },
];

const chunks = [
  '2;x\r\nok',
  '2\nok',
  '2\r\nokXX',
  '2\r\nok\n0',
  '0x2\r\nok',
  '-2\r\nok',
  ' 2\r\nok',
  '2 \r\nok',
];
const refusedChunks: readonly ResponseShape[] = chunks.map((bytes) => ({
  name: `answer in chunks ${JSON.stringify(bytes)}`,
  bytes: `${ok}Transfer-Encoding: chunked\r\n\r\n${bytes}\r\n0\r\n\r\n`,
  answers: ['cut'],
}));

/** Bytes behind a whole answer are nobody's: not the next caller's either. */
const surplus: readonly ResponseShape[] = [
  { name: 'two answers at once', bytes: good + poison, answers: [200, 200] },
  { name: 'an answer and noise', bytes: `${good}\r\n\r\npoisoned`, answers: [200, 200] },
  { name: 'content of 204', bytes: `HTTP/1.1 204 No Content\r\n\r\n${poison}`, answers: [204, 200] },
  {
    name: 'content of 304',
    bytes: `HTTP/1.1 304 x\r\nContent-Length: 8\r\n\r\npoisoned`,
    answers: [304, 200],
  },
  {
    name: 'an empty answer and another',
    bytes: `${ok}Content-Length: 0\r\n\r\n${poison}`,
    answers: [200, 200],
  },
  {
    name: 'content of the answer to HEAD',
    request: 'HEAD /bad HTTP/1.1\r\nHost: web\r\n\r\n',
    bytes: poison,
    answers: [200, 200],
  },
  {
    name: 'an interim answer behind the final one',
    bytes: `${good}HTTP/1.1 100 Continue\r\n\r\n`,
    answers: [200, 200],
  },
  {
    name: 'an interim answer nobody asked for, and two final ones',
    bytes: `HTTP/1.1 100 Continue\r\n\r\n${good}${poison}`,
    answers: [200, 200],
  },
  {
    name: 'a last chunk and another answer',
    bytes: `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${poison}`,
    answers: [200, 200],
  },
];

/** 0.CL, and desynchronisation by a pause: the answer comes before the content. */
const early: readonly ResponseShape[] = [
  {
    name: 'an answer before the content, which is a request',
    request: `POST /bad HTTP/1.1\r\nHost: web\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`,
    bytes: good,
    follow: SMUGGLED + NEXT,
    answers: [200, 200],
  },
  {
    name: 'an answer before the chunks, which are a request',
    request: 'POST /bad HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n',
    bytes: good,
    follow: `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n${NEXT}`,
    answers: [200, 200],
  },
  {
    name: 'an answer in place of 100 Continue, and no content',
    request: `POST /bad HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`,
    bytes: good,
    follow: SMUGGLED,
    answers: [200],
  },
  {
    name: 'an answer in place of 100 Continue to HEAD',
    request: `HEAD /bad HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`,
    bytes: poison,
    follow: SMUGGLED,
    answers: [200],
  },
];

export const responseShapes: readonly ResponseShape[] = [
  ...refusedHeads,
  ...refusedChunks,
  ...surplus,
  ...early,
];
