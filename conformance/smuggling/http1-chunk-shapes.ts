import { accepted, close, type Http1Shape, post, refused, SMUGGLED } from './http1-shape.ts';

const hidden = `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`;
const chunks = [
  ['an extension', '3;x=y\r\nabc\r\n0\r\n\r\n'],
  ['an extension without a name', '3;\r\nabc\r\n0\r\n\r\n'],
  ['a line feed in an extension', `3;\nxx\r\nabc\r\n0\r\n\r\n`],
  ['a carriage return in an extension', `3;\rxx\r\nabc\r\n0\r\n\r\n`],
  ['an extension of the last chunk', `0;x=y\r\n\r\n${SMUGGLED}`],
  ['a space behind the size', `3 \r\nabc\r\n0\r\n\r\n`],
  ['a space before the size', ` 3\r\nabc\r\n0\r\n\r\n`],
  ['a size ended by a line feed', `3\nabc\r\n0\r\n\r\n`],
  ['a size ended by a carriage return', `3\rabc\r\n0\r\n\r\n`],
  ['a size with a sign', `+3\r\nabc\r\n0\r\n\r\n`],
  ['a negative size', `-3\r\nabc\r\n0\r\n\r\n`],
  ['a size with 0x', `0x3\r\nabc\r\n0\r\n\r\n`],
  ['a size with an underscore', `0_3\r\nabc\r\n0\r\n\r\n`],
  ['a size beyond 64 bits', `10000000000000003\r\nabc\r\n0\r\n\r\n`],
  ['no size', `\r\nabc\r\n0\r\n\r\n`],
  ['data longer than its size', `3\r\nabcd\r\n0\r\n\r\n`],
  ['data ended by a line feed', `3\r\nabc\n0\r\n\r\n`],
  ['data ended by two other bytes', `3\r\nabcXX0\r\n\r\n`],
  ['a last chunk ended by line feeds', `0\n\n${SMUGGLED}`],
  ['a trailer with a length', `0\r\nContent-Length: 5\r\n\r\n`],
  ['a trailer with a coding', `0\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ['a trailer with a host', `0\r\nHost: other\r\n\r\n`],
  ['a trailer with a field of the mesh', `0\r\nx-tulle-source: admin\r\n\r\n`],
  ['a folded trailer', `0\r\nX: y\r\n z\r\n\r\n`],
  ['a trailer without a colon', `0\r\nGET /smuggled HTTP/1.1\r\n\r\n`],
  ['a trailer ended by a line feed', `0\r\nX: y\n\r\n`],
  ['a trailer ended by two carriage returns', `0\r\nX: y\r\r\n\r\n`],
  ['a trailer with NUL', `0\r\nX: y\0\r\n\r\n`],
  ['a trailer with an expectation', `0\r\nExpect: 100-continue\r\n\r\n`],
  ['a trailer of the connection', `0\r\nConnection: close\r\n\r\n`],
  ['a trailer with who the caller is', `0\r\nX-Forwarded-Client-Cert: By=admin\r\n\r\n`],
  ['a trailer with who the caller is, for CGI', `0\r\nx_tulle_source: admin\r\n\r\n`],
  // Where one reader ends the line of a size, and another goes on in its extension.
  ['TERM.EXT', `2;\nxx\r\n${hidden}`],
  ['EXT.TERM', `2;x\r2\r\nxx\r\n${hidden}`],
  ['TERM.EXT by another line end', `2;\r\rxx\r\n${hidden}`],
  ['a quoted extension with a line end', `2;x="\r\nxx\r\n${hidden}"`],
  // Where one reader ends the data, and another drops what stands before the line end.
  ['TERM.SPILL', `3\r\nabc\n2e\r\n${hidden}`],
  ['SPILL.TERM', `3\r\nabcXX\r\n${hidden}`],
  ['SPILL.TERM by a line feed', `3\r\nabcXX\n${hidden}`],
  ['SPILL.TERM by a carriage return', `3\r\nabc\rX\r\n${hidden}`],
  // Where readers skip a number of bytes behind the data, whatever they are.
  ['ONE.TWO', `3\r\nabc\n\n${hidden}`],
  ['TWO.ONE', `3\r\nabc\rX${hidden}`],
  ['ZERO.TWO', `3\r\nabc${hidden}`],
  ['TWO.ZERO', `3\r\nabcXX${hidden}`],
  ['a size ended by two carriage returns', `3\r\r\nabc\r\n0\r\n\r\n`],
  ['data ended by two carriage returns', `3\r\nabc\r\r0\r\n\r\n`],
  ['a last chunk with a sign', `-0\r\n\r\n${SMUGGLED}`],
  ['a last chunk with 0x', `0x0\r\n\r\n${SMUGGLED}`],
  ['a last chunk with a space', `0 \r\n\r\n${SMUGGLED}`],
  ['a last chunk with a semicolon', `0;\r\n\r\n${SMUGGLED}`],
  ['a last line ended by a line feed', `0\r\n\n${SMUGGLED}`],
  ['a last line ended by a carriage return', `0\r\n\r${SMUGGLED}`],
  ['a size that turns negative in 64 bits', `fffffffffffffffe\r\n${hidden}`],
  ['a size of too many zeros', `${'0'.repeat(40)}3\r\nabc\r\n0\r\n\r\n`],
  ['a size ended by a tab', `3\t\r\nabc\r\n0\r\n\r\n`],
  ['a size in other digits', `\xef\xbc\x93\r\nabc\r\n0\r\n\r\n`],
] as const;
/** The head may have gone on already, so that the server sees a request without an end; it never sees a whole one. */
const chunkTricks: readonly Http1Shape[] = chunks.map(([name, body]) =>
  refused(`chunks with ${name}`, post('Transfer-Encoding: chunked\r\n', body)),
);

const harmlessChunks: readonly Http1Shape[] = [
  accepted(
    'a chunk that is a request',
    post(`${close}Transfer-Encoding: chunked\r\n`, hidden),
    `POST /a ${SMUGGLED}`,
  ),
  accepted(
    'a trailer that may be one',
    post(`${close}Transfer-Encoding: chunked\r\n`, `3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n`),
    'POST /a abc',
  ),
];

export const chunkShapes: readonly Http1Shape[] = [...chunkTricks, ...harmlessChunks];
