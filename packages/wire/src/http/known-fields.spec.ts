import { expect, it } from 'vitest';
import { FIELD, fieldIdOf } from './known-fields.ts';

const idOf = (name: string) => fieldIdOf(Buffer.from(name, 'latin1'), 0, name.length);

it.each([
  ['host', FIELD.host],
  ['Content-Length', FIELD.contentLength],
  ['x-tulle-source', FIELD.mesh],
  ['X-Forwarded-Client-Cert', FIELD.forwardedClientCertificate],
  ['X-Forwarded-For', FIELD.forwardedAlike],
  ['x-forwarded-anything', FIELD.forwardedAlike],
  ['X-Real-IP', FIELD.forwardedAlike],
  ['x-forwarded-', FIELD.other],
  ['x-tulle', FIELD.other],
  ['x-tulle-', FIELD.other],
  ['hosts', FIELD.other],
])('knows %s', (name, id) => {
  expect(idOf(name)).toBe(id);
});

it.each([
  ['x_tulle_source', FIELD.mesh],
  ['X_Tulle-source', FIELD.mesh],
  ['x_forwarded_client_cert', FIELD.forwardedClientCertificate],
  ['x_forwarded-Host', FIELD.forwardedAlike],
  ['x_real_ip', FIELD.forwardedAlike],
  // Never for framing: a server behind us may ignore such a name, or not.
  ['content_length', FIELD.other],
  ['transfer_encoding', FIELD.other],
])('takes %s for what CGI takes it for, where that says who somebody is', (name, id) => {
  expect(idOf(name)).toBe(id);
});
