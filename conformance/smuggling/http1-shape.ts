/** Bytes a client sends, what the server behind may see of them, and how the agent answers. */
export interface Http1Shape {
  readonly name: string;
  readonly bytes: string;
  /** `METHOD target body` of every request the server reads. */
  readonly seen: readonly string[];
  /** Statuses in their order; the last of a refusal stands for any of 400 to 599. */
  readonly answers: readonly (number | 'refused')[];
  /** What else is right, as not all servers make the same of it. */
  readonly or?: Pick<Http1Shape, 'seen' | 'answers'>;
}

export const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: web\r\n\r\n';
export const close = 'Connection: close\r\n';
export const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: web\r\n${more}\r\n`;
export const post = (fields: string, body: string) => `POST /a HTTP/1.1\r\nHost: web\r\n${fields}\r\n${body}`;

export const refused = (name: string, bytes: string): Http1Shape => ({
  name,
  bytes,
  seen: [],
  answers: ['refused'],
});
export const accepted = (name: string, bytes: string, ...seen: string[]): Http1Shape => ({
  name,
  bytes,
  seen,
  answers: seen.map(() => 200),
});
