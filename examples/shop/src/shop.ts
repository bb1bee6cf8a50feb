import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** One process of the demo, started as `tulle run --service … --service-version … --port … --upstreams … -- command args`. */
export interface Part {
  /** Its name on the command line, such as `catalogue-v3`. */
  readonly name: string;
  readonly service: string;
  readonly version: string;
  /** Where the service listens on loopback; undefined for one that only calls. */
  readonly port: number | undefined;
  /** Where the demo makes it misbehave; undefined when it cannot. */
  readonly faultPort: number | undefined;
  readonly upstreams: readonly string[];
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface PartOptions {
  readonly versions?: readonly string[];
  readonly upstreams?: readonly string[];
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What a broken part does when nothing else is asked. */
export const defaultFault = { errorRate: 0.3, delayMs: 250 } as const;

/** Files to apply before the parts start, and those that name versions, after they joined; relative to the example. */
export const manifests = { services: 'services.yaml', splits: 'splits.yaml' } as const;

/**
 * The shop: eleven services shaped like the well-known online boutique. Three have a second version to move traffic
 * to, and catalogue has a third that is faulty on purpose, so that its canary is caught.
 * `folder` is this example's own; `firstPort` the first of a run of free ports on loopback, two for each part.
 */
export function shop({ folder, firstPort = 4510 }: { folder: string; firstPort?: number }): readonly Part[] {
  let nextPort = firstPort;
  const part = (service: string, { versions = ['v1'], upstreams = [], env = {} }: PartOptions = {}): Part[] =>
    versions.map((version) => ({
      name: versions.length > 1 ? `${service}-${version}` : service,
      service,
      version,
      port: nextPort++,
      faultPort: nextPort++,
      upstreams,
      ...programOf(folder, service),
      env: env[version] ?? {},
    }));

  const { errorRate, delayMs } = defaultFault;
  return [
    ...part('ads'),
    ...part('currency'),
    ...part('cart'),
    ...part('catalogue', {
      versions: ['v1', 'v2', 'v3'],
      env: { v3: { FAULT_ERROR_RATE: String(errorRate), FAULT_DELAY_MS: String(delayMs) } },
    }),
    ...part('shipping'),
    ...part('payment', { versions: ['v1', 'v2'] }),
    ...part('email').map((email) => ({
      ...email,
      faultPort: email.command === process.execPath ? email.faultPort : undefined,
    })),
    ...part('recommendation', { versions: ['v1', 'v2'], upstreams: ['catalogue'] }),
    ...part('checkout', { upstreams: ['cart', 'catalogue', 'shipping', 'currency', 'payment', 'email'] }),
    ...part('frontend', {
      upstreams: ['ads', 'catalogue', 'currency', 'cart', 'recommendation', 'checkout'],
    }),
    ...part('load-generator', { upstreams: ['frontend'] }).map((caller) => ({
      ...caller,
      port: undefined,
      faultPort: undefined,
    })),
  ];
}

/** The mailer is Python where python3 is present, to show that the language does not matter. */
function programOf(folder: string, service: string): { command: string; args: readonly string[] } {
  if (service === 'email' && hasPython())
    return { command: 'python3', args: [path.join(folder, 'services/mailer.py')] };
  return { command: process.execPath, args: [path.join(folder, `services/${service}.ts`)] };
}

let pythonFound: boolean | undefined;

/** Asked once: starting Python takes longer than everything else here. */
function hasPython(): boolean {
  pythonFound ??= canRunPython();
  return pythonFound;
}

function canRunPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import http.server'], { stdio: 'ignore', timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}
