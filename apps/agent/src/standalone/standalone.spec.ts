import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ask, shake, authority as world } from '../gateway/gateway.spec-support.ts';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { call, startService } from '../specs/services.ts';
import { startStandalone } from './standalone.ts';

/** A logger that lets a spec wait for a line. */
class Lines {
  private readonly waiting: { text: string; resolve: (fields: object) => void }[] = [];
  private readonly lines: { message: string; fields: object }[] = [];
  readonly debug = this.write.bind(this);
  readonly info = this.write.bind(this);
  readonly warn = this.write.bind(this);
  readonly error = this.write.bind(this);

  async next(text: string): Promise<object> {
    const found = this.lines.findIndex(({ message }) => message.includes(text));
    if (found >= 0) return this.lines.splice(found, 1)[0]?.fields ?? {};
    const { promise, resolve } = Promise.withResolvers<object>();
    this.waiting.push({ text, resolve });
    return await promise;
  }

  private write(fields: object, message: string): void {
    const index = this.waiting.findIndex(({ text }) => message.includes(text));
    if (index >= 0) this.waiting.splice(index, 1)[0]?.resolve(fields);
    else this.lines.push({ message, fields });
  }
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tulle-standalone-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function start(file: string, lines = new Lines()) {
  const standalone = await startStandalone(file, lines);
  onTestFinished(() => standalone.close(0));
  return standalone;
}

const answering = (text: string) => startService((_request, response) => response.end(text));

it('serves from a file, follows its changes, and keeps the old state when the new one is wrong', async () => {
  const file = join(await folder(), 'mesh.yaml');
  const [one, two] = [await answering('one'), await answering('two')];
  const text = (port: number | string) =>
    `self: { service: caller }\nlisten: { outbound: 0 }\nservices:\n  web:\n    endpoints:\n      - address: ${port}\n`;
  await writeFile(file, text(one));
  const lines = new Lines();
  const { ports } = await start(file, lines);
  const port = ports.outbound ?? 0;
  expect((await call(port)).body).toBe('one');

  await writeFile(file, text('nonsense'));
  expect(await lines.next('the new configuration is wrong')).toMatchObject({
    reason: expect.stringMatching(
      /mesh\.yaml:6:9: services\.web\.endpoints\.0\.address: write it as host:port/,
    ),
  });
  expect((await call(port)).body).toBe('one');

  await writeFile(`${file}.new`, text(two));
  await rename(`${file}.new`, file);
  await lines.next('configuration reloaded');
  expect((await call(port)).body).toBe('two');
});

it('rejects a file that is wrong at the start, and one that is not there', async () => {
  const file = join(await folder(), 'mesh.yaml');
  await writeFile(file, 'self: {}\n');
  await expect(startStandalone(file, new Lines())).rejects.toThrow(/mesh\.yaml:1:1: self\.service: /);
  await expect(startStandalone(`${file}.missing`, new Lines())).rejects.toThrow(
    `cannot read ${file}.missing: no such file or directory`,
  );
});

it('rejects a port that is taken, naming it', async () => {
  const file = join(await folder(), 'mesh.yaml');
  const taken = await answering('');
  await writeFile(file, `self: { service: caller }\nlisten: { outbound: ${taken} }\n`);
  await expect(startStandalone(file, new Lines())).rejects.toThrow(`cannot listen on 127.0.0.1:${taken}`);
});

it('speaks mutual TLS with given certificates, and takes new ones when the files change', async () => {
  const path = await folder();
  const authority = new TestAuthority();
  const install = async (service: string) => {
    const identity = authority.identity(service);
    await writeFile(join(path, 'roots.crt'), identity.trustBundlePem);
    await writeFile(join(path, `${service}.crt`), identity.certificateChainPem);
    await writeFile(join(path, `${service}.key`), identity.keyPem);
    return identity.serial;
  };
  const identityOf = (service: string) =>
    `identity: { trustDomain: mesh.test, certificate: ${service}.crt, key: ${service}.key, trustBundle: roots.crt }`;
  await install('caller');
  await install('web');
  const local = await startService((request, response) => response.end(request.headers['x-tulle-source']));
  const webFile = join(path, 'web.yaml');
  await writeFile(
    webFile,
    `self: { service: web }\nlocal: ${local}\nlisten: { inbound: 0 }\n${identityOf('web')}\n`,
  );
  const web = await start(webFile);
  const callerFile = join(path, 'caller.yaml');
  const services = `services: { web: { endpoints: [{ address: ${web.ports.inbound}, tls: true }] } }`;
  await writeFile(
    callerFile,
    `self: { service: caller }\nlisten: { outbound: 0 }\n${identityOf('caller')}\n${services}\n`,
  );
  const lines = new Lines();
  const caller = await start(callerFile, lines);
  const port = caller.ports.outbound ?? 0;
  expect((await call(port)).body).toBe('spiffe://mesh.test/service/caller');

  await install('caller');
  await lines.next('configuration reloaded');
  expect((await call(port)).body).toBe('spiffe://mesh.test/service/caller');
  await writeFile(join(path, 'caller.crt'), 'broken');
  await lines.next('the new configuration is wrong');
  expect((await call(port)).status).toBe(200);
});

it('lets in the world with given certificates, takes new ones when the files change, and no bad ones', async () => {
  const path = await folder();
  const install = async () => {
    const { certificateChainPem, keyPem } = world.identity('', { dns: 'shop.test' });
    await writeFile(join(path, 'shop.key'), keyPem);
    await writeFile(join(path, 'shop.crt'), certificateChainPem);
  };
  await install();
  const file = join(path, 'edge.yaml');
  await writeFile(
    file,
    `self: { service: edge }
listen: { gatewayHttps: 0 }
gateway:
  certificates: [{ certificate: shop.crt, key: shop.key }]
  routes: [{ hostnames: [shop.test], service: shop }]
services: { shop: { endpoints: [{ address: ${await answering('shop')} }] } }
`,
  );
  const lines = new Lines();
  const { ports } = await start(file, lines);
  const port = ports.gatewayHttps ?? 0;
  const serial = async () => {
    const socket = await shake(port, 'shop.test');
    return socket.getPeerX509Certificate()?.serialNumber;
  };
  expect((await ask(port, 'shop.test')).body).toBe('shop');
  const former = await serial();

  await writeFile(join(path, 'shop.crt'), 'broken');
  expect(await lines.next('the new configuration is wrong')).toMatchObject({
    reason: expect.stringContaining(`${join(path, 'shop.crt')}: no certificate in PEM`),
  });
  expect(await serial()).toBe(former);

  await install();
  await lines.next('configuration reloaded');
  expect(await serial()).not.toBe(former);
  expect((await ask(port, 'shop.test')).body).toBe('shop');
});
