import { onTestFinished } from 'vitest';
import { viewOf } from '../control/spec-api/spec-agent.ts';
import { SpecApi } from '../control/spec-api/spec-api.ts';
import { startService } from '../specs/services.ts';
import { temporaryFolder } from '../specs/temporary-folder.ts';

/** An API that knows `web` and a service `orders`, and what an agent of `web` is started with. */
export async function startApiAndService() {
  const api = new SpecApi();
  await api.start();
  onTestFinished(() => api.stop());
  const service = await startService((_request, response) => response.end('ok'));
  const endpoint = { id: 'orders-1', version: 'v1', host: '127.0.0.1', port: service, tls: false };
  api.setView(viewOf('web'));
  api.setView(viewOf('orders', [endpoint]));
  const dataDir = temporaryFolder();
  const variables = {
    TULLE_SERVICE: 'web',
    TULLE_API: api.url,
    TULLE_TOKEN: api.token(),
    TULLE_DATA_DIR: dataDir,
    TULLE_OUTBOUND_PORT: '0',
    TULLE_ADMIN_PORT: '0',
  };
  return { api, dataDir, variables };
}
