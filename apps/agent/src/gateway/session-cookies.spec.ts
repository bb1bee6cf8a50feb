import { expect, it } from 'vitest';
import { ask as askStream, http2Client } from '../specs/http2-services.ts';
import { viewOf } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';
import { ask, certificateFor, http2Session, startGateway } from './gateway.spec-support.ts';

const host = 'shop.example.com';

it('a session is for https alone when it began there, in either version and whatever its caller says', async () => {
  const service = await startService((_request, response) => response.end());
  const { plane, http, https } = await startGateway({ [host]: service }, [certificateFor(host)]);
  plane.apply([
    viewOf('edge', [], { gateway: { routes: [{ hostnames: [host], service: 'service-0' }] } }),
    viewOf('service-0', [{ port: service }], {
      weights: [{ version: 'v1', weight: 100 }],
      sticky: { by: 'session', name: 'sid' },
    }),
  ]);
  const claims = { ':authority': host, ':scheme': 'https' };
  const cookies = [
    (await ask(https, host)).headers,
    (await askStream(http2Session(https, host), { ...claims, ':scheme': 'http' })).headers,
    (await call(http, { host })).headers,
    (await askStream(http2Client(http), claims)).headers,
  ].map((headers) => String(headers['set-cookie']).replace(/=[^;]*/, ''));
  const attributes = 'sid; Path=/; HttpOnly; SameSite=Lax';
  expect(cookies).toEqual([`${attributes}; Secure`, `${attributes}; Secure`, attributes, attributes]);
});
