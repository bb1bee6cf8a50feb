/** What each code with which the mesh itself answers means for the one who looks for the cause. */
const words: Readonly<Record<string, { readonly name: string; readonly means: string }>> = {
  bad_request: { name: 'Unreadable request', means: 'the caller did not send HTTP that can be read' },
  unsupported_method: { name: 'CONNECT', means: 'the caller wanted a tunnel, which the mesh does not offer' },
  upgrade_unsupported: {
    name: 'No WebSockets',
    means: 'the service speaks HTTP/2 and does not take WebSockets over it',
  },
  not_http: { name: 'Not HTTP', means: 'the service is called with HTTP but speaks something else' },
  unknown_host: { name: 'Unknown host', means: 'the host names no service of the mesh' },
  misdirected: {
    name: 'Misdirected',
    means: 'the connection to the gateway was made for another host',
  },
  unknown_service: { name: 'Unknown service', means: 'the mesh knows no such service' },
  no_endpoint: { name: 'No endpoint', means: 'no instance runs, or none of the version asked for' },
  overloaded: { name: 'Overloaded', means: 'too many requests already waited for a connection' },
  circuit_open: { name: 'Circuit open', means: 'too many requests were already in flight' },
  shed: { name: 'Shed', means: 'the service was overloaded, and others were more urgent' },
  rate_limited: { name: 'Rate limited', means: 'more requests than the rate limit lets through' },
  fault_injected: { name: 'Injected fault', means: 'a rule of the mesh makes them fail on purpose' },
  no_identity: { name: 'No identity', means: 'the agent had no certificate yet' },
  connect_failed: { name: 'Connection refused', means: 'the service could not be reached' },
  connect_timeout: {
    name: 'Connection timed out',
    means: 'the service did not accept the connection in time',
  },
  identity_rejected: { name: 'Identity rejected', means: 'the peer could not prove that it is the service' },
  access_denied: { name: 'Access denied', means: 'the access rule of the service does not name the caller' },
  request_timeout: { name: 'Timed out', means: 'the service did not answer in the time for the request' },
  try_timeout: { name: 'Try timed out', means: 'no answer began in the time for one try' },
  idle_timeout: { name: 'Idle too long', means: 'nothing was sent in either direction for too long' },
  head_timeout: { name: 'Head too slow', means: 'the head of the request did not arrive in time' },
  peer_reset: { name: 'Closed by the service', means: 'the connection ended before there was an answer' },
  bad_response: { name: 'Unreadable answer', means: 'the service did not send HTTP that can be read' },
  shutting_down: { name: 'Shutting down', means: 'the agent was shutting down' },
};

/** A code that an agent newer than this page sends is shown as it is. */
export function meshErrorWords(code: string): { readonly name: string; readonly means: string } {
  return Object.hasOwn(words, code) && words[code] !== undefined
    ? words[code]
    : { name: code.replaceAll('_', ' '), means: '' };
}
