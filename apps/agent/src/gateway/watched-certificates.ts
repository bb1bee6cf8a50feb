import type { DataPlaneLogger } from '../data-plane.ts';
import { UsageError } from '../lifecycle/options.ts';
import { FileWatch } from '../standalone/file-watch.ts';
import { type CertificateFiles, readCertificate } from './certificate-files.ts';
import { type ServerCertificate, ServerCertificates } from './server-certificates.ts';

type Use = (certificates: readonly ServerCertificate[]) => void;

/** The certificates of a gateway as its files have them now. One that cannot be used changes nothing. */
export class WatchedCertificates {
  private readonly files: readonly CertificateFiles[];
  private readonly logger: DataPlaneLogger;
  private readonly watch = new FileWatch(() => this.reread());
  private readonly first: readonly ServerCertificate[];
  private use: Use | undefined = undefined;

  /** Throws a UsageError with path and reason when one cannot be used. */
  constructor(files: readonly CertificateFiles[], logger: DataPlaneLogger) {
    this.files = files;
    this.logger = logger;
    try {
      this.first = files.map(readCertificate);
      new ServerCertificates(this.first);
    } catch (error) {
      throw new UsageError(reasonOf(error), { cause: error });
    }
  }

  /** Has `use` called now, and whenever they have changed. */
  follow(use: Use): void {
    if (this.files.length === 0) return;
    this.use = use;
    use(this.first);
    const paths = this.files.flatMap(({ certificate, key }) => [certificate, key]);
    this.watch.watch(paths, (error) => this.logger.error({ error }, 'certificates are no longer watched'));
  }

  reread(): void {
    if (this.use === undefined) return;
    try {
      this.use(this.files.map(readCertificate));
      this.logger.info({}, 'certificates reloaded');
    } catch (error) {
      this.logger.error({ reason: reasonOf(error) }, 'new certificates cannot be used, the former ones stay');
    }
  }

  close(): void {
    this.watch.close();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
