import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reservedPort } from '@tulle/agent/specs/reserved-port';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readOperatorFile } from '../src/access.ts';
import { prepareCluster } from './prepared-cluster.ts';
import { runTulle, type ServerProcess, startServerProcess, tulleProgram } from './server-process.ts';

let folder: string;
let server: ServerProcess;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tulle-command-line-'));
  await prepareCluster(folder);
  server = startServerProcess({
    TULLE_DATA_DIR: folder,
    TULLE_PORT: String(await reservedPort()),
    TULLE_AGENTS_PORT: String(await reservedPort()),
  });
  await server.link;
});
afterAll(async () => {
  server.process.kill('SIGTERM');
  await server.exit;
  rmSync(folder, { recursive: true, force: true });
});

const tulle = (...args: string[]) => runTulle([...args, '--data-dir', folder]);

function file(yaml: string): string {
  const name = path.join(folder, 'resources.yaml');
  writeFileSync(name, yaml);
  return name;
}

it('applies a file, all of it or nothing, and shows what is declared', () => {
  const orders = 'kind: Service\nname: orders\ndescription: What was bought\nowner: shop\n';
  const tried = tulle('apply', '-f', file(orders), '--dry-run');
  expect(tried.output).toContain('create Service/orders');
  expect(tried.output).toContain('1 change would be made.');
  expect(tulle('get').output).toBe('Nothing is declared.\n');

  expect(tulle('apply', '-f', file(orders), '-m', 'first').output).toMatch(
    /1 change, applied as revision \d+\./,
  );
  expect(tulle('apply', '-f', file(orders)).output).toContain('Nothing to change.');
  expect(tulle('get', 'service', 'orders').output).toMatch(/Service +orders +http, shop, What was bought/);
  expect(JSON.parse(tulle('get', '-o', 'json').output)).toMatchObject([{ kind: 'Service', name: 'orders' }]);

  for (const format of ['yaml', 'json']) {
    const written = tulle('get', '-o', format).output;
    expect(tulle('apply', '-f', file(written)).output).toBe('Nothing to change.\n');
  }
});

it('takes rules and policies, tells of them in words, and gives them back as they were', () => {
  const rules = `kind: Service
name: cart
protocol: grpc
endpoints: [{ host: a, port: 1, version: v1 }, { host: b, port: 1, version: v2, zone: east }]
---
kind: TrafficSplit
service: cart
weights: [{ version: v1, weight: 90 }, { version: v2, weight: 10 }]
sticky: { by: cookie, name: session }
---
kind: Route
service: cart
rules:
  - name: testers
    matches: [{ grpc: { service: shop.Cart }, headers: [{ name: X-Beta, value: "1" }] }]
    filters: [{ type: Fault, fault: { delay: { delayMs: 100, percent: 5 } } }]
    backendRefs: [{ version: v2 }]
    retries: { attempts: 1, on: [unavailable], methods: all }
---
kind: Policy
service: cart
timeouts: { requestMs: 0 }
`;
  expect(tulle('apply', '-f', file(rules), '-m', 'rules').output).toContain('4 changes, applied');
  const shown = tulle('get').output;
  expect(shown).toMatch(/TrafficSplit +cart +v1 90 %, v2 10 %, sticky by cookie session\n/);
  expect(shown).toMatch(/Route +cart +1 rule: testers\n/);
  expect(shown).toMatch(/Policy +cart +timeouts\.requestMs no limit\n/);
  const back = tulle('get', 'route', '-o', 'yaml').output;
  expect(back).toContain('name: x-beta');
  expect(tulle('apply', '-f', file(tulle('get', '-o', 'yaml').output)).output).toContain(
    'Nothing to change.',
  );

  const beyond = back.replace('version: v2', 'version: v3');
  const tried = tulle('apply', '-f', file(beyond));
  expect(tried.errors).toMatch(
    /Document 1 \(Route\/cart\), line \d+, rules\.0\.backendRefs\.0\.version: cart has no version v3; known are v1, v2\./,
  );
  const more = back.replace('attempts: 1', 'attempts: 2');
  expect(tulle('apply', '-f', file(more), '--dry-run').output).toContain(
    'rule testers: retries up to 1 retry on unavailable, methods all → up to 2 retries on unavailable, methods all',
  );
});

it('takes a gateway, tells of it by its hosts, and keeps the services it leads to', () => {
  const gateway = `kind: Service
name: edge
---
kind: Service
name: pages
---
kind: Gateway
service: edge
routes:
  - { hostnames: [example.com, "*.example.com"], service: pages }
httpsRedirect: {}
`;
  expect(tulle('apply', '-f', file(gateway), '-m', 'public').output).toContain('3 changes, applied');
  expect(tulle('get').output).toMatch(/Gateway +edge +example\.com and \*\.example\.com → pages\n/);
  const back = tulle('get', 'gateway', '-o', 'yaml').output;
  expect(back).toContain('statusCode: 308');
  expect(tulle('apply', '-f', file(back)).output).toContain('Nothing to change.');
  const moved = back.replace('service: pages', 'service: nobody');
  expect(tulle('apply', '-f', file(moved)).errors).toMatch(
    /Document 1 \(Gateway\/edge\), line \d+, routes\.0\.service: The mesh has no service nobody/,
  );
  expect(tulle('delete', 'service', 'pages').errors).toContain('Gateway/edge');
});

it('takes rules of access and the default of the mesh, shows them and takes them away', () => {
  const rules = `kind: Service
name: till
---
kind: AccessRule
service: till
allow: [shop]
---
kind: AccessRule
service: "*"
allow: []
`;
  const applied = tulle('apply', '-f', file(rules), '-m', 'nobody by default');
  expect(applied.output).toContain('create AccessRule/*\n  allow no service added\n');
  const shown = tulle('get', 'access-rule').output;
  expect(shown).toMatch(/AccessRule +\* +allow nobody\n/);
  expect(shown).toMatch(/AccessRule +till +allow shop\n/);
  const back = tulle('get', 'access-rule', '*', '-o', 'yaml').output;
  expect(tulle('apply', '-f', file(back)).output).toBe('Nothing to change.\n');
  expect(tulle('apply', '-f', file(back.replace('[]', '["*"]'))).output).toContain(
    '  allow every service added\n  allow no service removed\n',
  );
  expect(tulle('get', 'access-rule', '*').output).toMatch(/AccessRule +\* +allow anyone\n/);
  expect(tulle('delete', 'access-rule', '*').output).toMatch(
    /^AccessRule\/\* is deleted as revision \d+\.\n$/,
  );
  expect(tulle('delete', 'access-rule', 'till').code).toBe(0);
});

it('says in a sentence what is wrong with a file, and changes nothing', () => {
  const split = 'kind: TrafficSplit\nservice: orders\nweights:\n  - { version: v1, weight: 90 }\n';
  const refused = tulle('apply', '-f', file(`kind: Service\nname: other\n---\n${split}`));
  expect(refused.code).toBe(1);
  expect(refused.errors).toMatch(/100/);
  expect(refused.errors).not.toMatch(/^ +at /m);
  expect(tulle('get', 'service', 'other')).toEqual({
    code: 1,
    output: '',
    errors: 'There is no Service/other.\n',
  });

  const several = 'kind: Policy\nservice: orders\ntimeout: {}\nretries: { attempts: 99 }\n';
  expect(tulle('apply', '-f', file(several)).errors).toBe(
    [
      'Document 1 (Policy/orders), line 4, retries.attempts: at most 10 (and 1 more)',
      'Document 1 (Policy/orders), line 3: there is no field timeout\n',
    ].join('\n'),
  );
  expect(tulle('apply', '-f', file('')).errors).toBe('There is no resource in it; write at least one.\n');
  expect(tulle('apply', '-f', file(`# ${'x'.repeat(2_100_000)}`)).errors).toBe(
    'That is longer than 2 MB; send it in parts.\n',
  );
  expect(tulle('apply', '-f', process.execPath).errors).toMatch(/ is not text in UTF-8\.\n$/);
  expect(tulle('apply', '-f', path.join(folder, 'none.yaml')).errors).toMatch(
    /none\.yaml cannot be read \(ENOENT\)/,
  );
  expect(tulle('get', 'teapot').errors).toMatch(/^There is no kind teapot; the kinds are Service, /);
});

it('deletes one resource, and says what is not there', () => {
  tulle('apply', '-f', file('kind: Service\nname: gone\n'));
  expect(tulle('delete', 'service', 'gone', '-m', 'moved').output).toMatch(
    /^Service\/gone is deleted as revision \d+\.\n$/,
  );
  expect(tulle('delete', 'service', 'gone')).toMatchObject({
    code: 1,
    errors: 'There is no Service/gone.\n',
  });
});

it('goes on when nobody reads what it prints', () => {
  const words = [process.execPath, tulleProgram, 'get', '--data-dir', folder];
  // The reader is gone before anything is written.
  const script = `exec 3>&1; { "$@"; echo "code $?" >&3; } | exec true`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  expect(stdout).toBe('code 0\n');
  expect(stderr).toBe('');
});

it('makes, lists and revokes join tokens', () => {
  const token = tulle('token', 'create', 'orders');
  expect(token.output).toMatch(/^\S+\n$/);
  expect(token.errors).toMatch(/^Valid once, for 15\smin; agents join at https:/);
  const id = /^(\S+) +orders +unused/m.exec(tulle('token', 'list').output)?.[1] ?? '';
  expect(tulle('token', 'revoke', id).output).toBe(`Token ${id} is revoked.\n`);
  expect(tulle('token', 'list').output).toMatch(/orders +revoked/);
});

it('says that nobody answers, or that nobody is known', async () => {
  const nobody = runTulle(['get', '--data-dir', path.join(folder, 'elsewhere')]);
  expect(nobody.code).toBe(1);
  expect(nobody.errors).toMatch(/^No server is known here .* set TULLE_URL and TULLE_TOKEN\.\n$/);
  const deaf = tulle('get', '--url', `http://127.0.0.1:${await reservedPort()}`);
  expect(deaf.errors).toMatch(/^No server answers at http:\S+ \(.*ECONNREFUSED.*\); is it running\?\n$/);
  const stranger = runTulle(['get'], {
    TULLE_URL: readOperatorFile(folder).url,
    TULLE_TOKEN: 'of-another',
  });
  expect(stranger.errors).toMatch(/^The server at \S+ does not accept the token of TULLE_TOKEN: .*\n$/);
  expect(tulle('get', '--bogus').errors).toContain('(tulle get --help lists what it takes)');
  expect(runTulle(['serve']).errors).toMatch(/unknown command 'serve'.*server/s);
});
