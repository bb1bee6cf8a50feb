import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestAuthority } from '@tulle/agent/mutual-tls/test-authority';
import { ServerProcess } from './server-process.ts';

/** Longer than any bench takes: who is not renewed is refused when it has passed. */
const CERTIFICATE_LIFETIME_MS = 86_400_000;

/** The identity of one service, as paths of PEM files. */
export interface CertificateFiles {
  readonly trustDomain: string;
  readonly spiffeId: string;
  readonly certificate: string;
  readonly key: string;
  readonly trustBundle: string;
}

/** A folder of files and the processes that were started from it; both are gone after `close`. */
export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'tulle-bench-'));
  private readonly authority = new TestAuthority('mesh.bench', 'Bench root', CERTIFICATE_LIFETIME_MS);
  private readonly processes: ServerProcess[] = [];
  private readonly core: number | undefined;
  private files = 0;

  /** With `core`, everything started here is pinned to it. */
  constructor(core?: number) {
    this.core = core;
  }

  /** Writes a file with a name that no other has. */
  file(name: string, content: string | Buffer): string {
    const path = join(this.folder, `${this.files++}-${name}`);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  start(name: string, command: string, args: readonly string[]): ServerProcess {
    const started = new ServerProcess(name, command, args, this.core);
    this.processes.push(started);
    return started;
  }

  certificateFiles(service: string): CertificateFiles {
    const { certificateChainPem, keyPem, trustBundlePem, trustDomain } = this.authority.identity(service);
    return {
      trustDomain,
      spiffeId: `spiffe://${trustDomain}/service/${service}`,
      certificate: this.file(`${service}.crt`, certificateChainPem),
      key: this.file(`${service}.key`, keyPem),
      trustBundle: this.file('roots.crt', trustBundlePem),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
