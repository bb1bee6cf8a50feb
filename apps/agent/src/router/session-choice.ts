import type { SessionCookie } from '@tulle/mesh/sticky';
import type { Backend } from '../balance/backend.ts';
import { cookieValue } from '../balance/cookie-value.ts';
import { hash32 } from '../balance/hash.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import type { Branch } from './branch.ts';
import type { Destination, Target } from './route-decision.ts';
import { movedField } from './sticky-choice.ts';

const VERSION_SEED = 0x5e5510;
const ENDPOINT_SEED = 0x1d5a7e;

/**
 * RFC 9111 section 7.3: Set-Cookie alone keeps no cache from storing an answer. One that is shared would give the session
 * of whoever asked first to all others.
 */
const notShared = 'cache-control: private\r\n';

/** Targets that issue a cookie, by those they were made from: to who begins a session, and to who had to move. */
interface Issuing {
  readonly begun: Map<Target, Target>;
  readonly moved: Map<Target, Target>;
}

/**
 * Session persistence as Gateway API has it (GEP-1619): whoever comes without the cookie goes by weight, and is given one
 * that names what answered. It holds two hashes, which every agent computes alike from the names of version and endpoint,
 * so that nothing is stored or shared and no address is told. Weights decide about new sessions only; a version whose
 * weight is 0 loses those it has, since a rollout that was aborted must take everybody back.
 */
export class SessionChoice implements Destination {
  private readonly name: string;
  private readonly attributes: string;
  /** Undefined where it follows how the caller came. */
  private readonly secure: boolean | undefined;
  private readonly branches: readonly Branch[];
  private readonly byWeight: Destination;
  /** Made when first asked for: most agents hold rules that nobody calls. */
  private sessions: Sessions | undefined = undefined;
  private readonly plain: Issuing = { begun: new Map(), moved: new Map() };
  private readonly encrypted: Issuing = { begun: new Map(), moved: new Map() };

  constructor(
    { name, lifetimeMs, path = '/', secure }: SessionCookie,
    branches: readonly Branch[],
    byWeight: Destination,
  ) {
    this.name = name;
    const lifetime = lifetimeMs === undefined ? '' : `; Max-Age=${Math.floor(lifetimeMs / 1_000)}`;
    // Lax: with Strict, whoever follows a link from elsewhere would begin anew.
    this.attributes = `; Path=${path}; HttpOnly; SameSite=Lax${lifetime}`;
    // RFC 6265bis section 4.1.3: without the attribute nobody keeps a cookie with such a name.
    this.secure = secure ?? (/^__(?:host|secure)-/i.test(name) ? true : undefined);
    this.branches = branches.filter(({ weight }) => weight > 0);
    this.byWeight = byWeight;
  }

  pick(request: PickRequest): Target | undefined {
    const value = cookieValue(request.head, this.name);
    const isSecure = this.secure ?? request.head.scheme === 'https';
    if (value === undefined) return this.issue(this.byWeight.pick(request), isSecure, 'begun');
    this.sessions ??= new Sessions(this.branches);
    const session = this.sessions.endpoints.get(value);
    if (session !== undefined && isUsable(session.backend, request))
      return session.branch.targetOn(session.backend);
    const branch = session?.branch ?? this.sessions.branches.get(versionIn(value));
    return this.issue(branch?.pick(request) ?? this.byWeight.pick(request), isSecure, 'moved');
  }

  /** One target for each, so that a request costs nothing more. */
  private issue(target: Target | undefined, isSecure: boolean, why: keyof Issuing): Target | undefined {
    if (target === undefined) return undefined;
    const made = (isSecure ? this.encrypted : this.plain)[why];
    const known = made.get(target);
    if (known !== undefined) return known;
    this.sessions ??= new Sessions(this.branches);
    const { backend, request, response } = target;
    const value = this.sessions.valueOf(backend);
    const cookie = `set-cookie: ${this.name}=${value}${this.attributes}${isSecure ? '; Secure' : ''}\r\n`;
    const added = (response?.added ?? '') + cookie + notShared + (why === 'moved' ? movedField : '');
    const issuing = { backend, request, response: { removed: response?.removed, added } };
    made.set(target, issuing);
    return issuing;
  }
}

interface Session {
  readonly branch: Branch;
  readonly backend: Backend;
}

/** What the values of a cookie stand for. */
class Sessions {
  readonly endpoints = new Map<string, Session>();
  readonly branches = new Map<string, Branch>();
  private readonly values = new Map<Backend, string>();

  constructor(branches: readonly Branch[]) {
    for (const branch of branches) {
      const version = hash32(branch.name, VERSION_SEED).toString(36);
      this.branches.set(version, branch);
      for (const backend of branch.backends) {
        const value = `${version}.${hash32(backend.endpoint.id, ENDPOINT_SEED).toString(36)}`;
        this.endpoints.set(value, { branch, backend });
        this.values.set(backend, value);
      }
    }
  }

  valueOf(backend: Backend): string {
    return this.values.get(backend) ?? '';
  }
}

function versionIn(value: string): string {
  return value.slice(0, Math.max(0, value.indexOf('.')));
}

function isUsable(backend: Backend, { now, avoid }: PickRequest): boolean {
  return backend !== avoid && backend.isAvailable(now);
}
