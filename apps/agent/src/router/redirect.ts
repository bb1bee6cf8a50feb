import type { RequestRedirect } from '@tulle/mesh/route';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { pathChangeOf } from './path-change.ts';
import type { RedirectDecision } from './route-decision.ts';

const defaultPort = { http: '80', https: '443' };

/**
 * Gateway API's RequestRedirect: what is not named stays as the request has it; a scheme that is named brings its own
 * port, and the default port of a scheme is left out. `host` stands in for requests of HTTP/1.0 without one.
 */
export function redirectOf(redirect: RequestRedirect, prefixLength: number, host: string): RedirectDecision {
  const { scheme, hostname, port, path, statusCode } = redirect;
  const change = path === undefined ? undefined : pathChangeOf(path, prefixLength);
  return {
    status: statusCode,
    location(head) {
      const asked = splitAuthority(head.authority === '' ? host : head.authority);
      const newScheme = scheme ?? schemeOf(head);
      const newPort = port?.toString() ?? (scheme === undefined ? asked.port : '');
      const suffix = newPort === '' || newPort === defaultPort[newScheme] ? '' : `:${newPort}`;
      return `${newScheme}://${hostname ?? asked.host}${suffix}${change?.(head) ?? head.path}`;
    },
  };
}

/** As the caller of HTTP/2 or the connection to a gateway says. Over HTTP/1.1 others come in plain text, unless by an absolute target. */
function schemeOf({ scheme, form, target }: RequestHead): 'http' | 'https' {
  return scheme === 'https' || (form === 'absolute' && /^https:/i.test(target)) ? 'https' : 'http';
}

function splitAuthority(authority: string): { host: string; port: string } {
  const colon = authority.lastIndexOf(':');
  // The colons of an IPv6 address stand in brackets.
  if (colon < 0 || colon < authority.indexOf(']')) return { host: authority, port: '' };
  return { host: authority.substring(0, colon), port: authority.substring(colon + 1) };
}
