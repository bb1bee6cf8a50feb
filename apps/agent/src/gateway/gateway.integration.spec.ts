import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { viewOf } from '../control/spec-api/spec-agent.ts';
import { AgentProcess } from '../lifecycle/agent-process.spec-support.ts';
import { startApiAndService } from '../lifecycle/api-and-service.spec-support.ts';
import { Load } from '../lifecycle/load.spec-support.ts';
import { ask as askStream } from '../specs/http2-services.ts';
import { startService } from '../specs/services.ts';
import { temporaryFolder } from '../specs/temporary-folder.ts';
import { ask, certificateFor, http2Session, shake } from './gateway.spec-support.ts';

/** Writes a certificate of `shop.test` anew, each file at once. */
function install(folder: string): { certificate: string; key: string } {
  const { certificateChainPem, keyPem } = certificateFor('shop.test');
  const files = { certificate: join(folder, 'shop.crt'), key: join(folder, 'shop.key') };
  for (const [path, text] of [
    [files.key, keyPem],
    [files.certificate, certificateChainPem],
  ] as const) {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
  return files;
}

async function serialOf(port: number): Promise<string | undefined> {
  return (await shake(port, 'shop.test')).getPeerX509Certificate()?.serialNumber;
}

test('an agent of the API lets in what its view says, with certificates of its own that change under it', async () => {
  const { api, variables } = await startApiAndService();
  const routes = [{ hostnames: ['shop.test'], service: 'orders' }];
  api.setView({ ...viewOf('web'), gateway: { routes } });
  const folder = temporaryFolder();
  const { certificate, key } = install(folder);
  const agent = new AgentProcess({
    ...variables,
    TULLE_WORKERS: '2',
    TULLE_GATEWAY_HOST: '127.0.0.1',
    TULLE_GATEWAY_HTTPS_PORT: '0',
    TULLE_GATEWAY_CERTIFICATES: `${certificate}=${key}`,
  });
  const { ports } = await agent.logged('listening');
  const { gatewayHttps: port } = ports as { gatewayHttps: number };
  await agent.logged('ready');
  await expect.poll(async () => (await ask(port, 'shop.test')).body).toBe('ok');

  const session = http2Session(port, 'shop.test');
  const request = { ':authority': 'shop.test' };
  expect((await askStream(session, request)).status).toBe(200);
  const former = await serialOf(port);
  writeFileSync(certificate, 'broken');
  const { reason } = await agent.logged('new certificates cannot be used, the former ones stay');
  expect(reason).toContain(`${certificate}: no certificate in PEM`);
  expect(await serialOf(port)).toBe(former);
  install(folder);
  // Of either worker, whichever accepts.
  await expect.poll(() => serialOf(port)).not.toBe(former);
  expect((await askStream(session, request)).status).toBe(200);

  agent.child.kill('SIGUSR1');
  await agent.logged('all workers are replaced');
  expect((await ask(port, 'shop.test')).body).toBe('ok');
  expect(await serialOf(port)).not.toBe(former);
});

test('an agent of the API without a certificate for its port says so and ends', async () => {
  const { variables } = await startApiAndService();
  const none = new AgentProcess({ ...variables, TULLE_GATEWAY_HTTPS_PORT: '0' });
  expect(await none.ended).toBe(1);
  await none.silent;
  expect(none.lines.join('\n')).toContain('name it with --gateway-certificates');
  const missing = join(temporaryFolder(), 'missing.crt');
  const unreadable = new AgentProcess({
    ...variables,
    TULLE_GATEWAY_HTTPS_PORT: '0',
    TULLE_GATEWAY_CERTIFICATES: `${missing}=${missing}`,
  });
  expect(await unreadable.ended).toBe(1);
  await unreadable.silent;
  expect(unreadable.lines.join('\n')).toContain(`cannot read ${missing}: no such file or directory`);
});

test('workers of a gateway are replaced under load without a failed request', async () => {
  const service = await startService((_request, response) => response.end('ok'));
  const folder = temporaryFolder();
  const { certificate, key } = install(folder);
  const config = join(folder, 'mesh.yaml');
  writeFileSync(
    config,
    `self: { service: edge }
listen: { gatewayHttp: 0, gatewayHttps: 0 }
gateway:
  certificates: [{ certificate: ${certificate}, key: ${key} }]
  routes: [{ hostnames: [shop.test], service: web }]
services: { web: { timeouts: { connectMs: 60000 }, endpoints: [{ address: ${service} }] } }
`,
  );
  const agent = new AgentProcess({ TULLE_CONFIG: config, TULLE_WORKERS: '2' });
  const { ports } = await agent.logged('all workers are ready');
  const { 'gateway-http': http, 'gateway-https': https } = ports as Record<string, number>;
  const load = new Load()
    .http1(http ?? 0, { host: 'shop.test', connections: 4 })
    .http2(http ?? 0, { host: 'shop.test', concurrency: 4 });
  agent.child.kill('SIGUSR1');
  await agent.logged('all workers are replaced');
  const { failures, answered, sent } = await load.stop();
  expect(failures).toEqual([]);
  expect(answered).toBe(sent);
  expect((await ask(https ?? 0, 'shop.test')).body).toBe('ok');
});
