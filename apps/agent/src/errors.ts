/**
 * Every failure the mesh itself answers for: code -> status and what it says. Callers read the code in
 * `x-tulle-error`; the dashboard counts by it.
 */
export const dataPathErrors = {
  bad_request: { status: 400, message: 'The request cannot be read' },
  unsupported_method: {
    status: 501,
    message: 'CONNECT is not offered here: call services of the mesh with http://',
  },
  upgrade_unsupported: {
    status: 502,
    message: 'The service speaks HTTP/2 and does not take WebSockets over it (RFC 8441)',
  },
  not_http: { status: 501, message: 'The service does not speak HTTP: connect to its own port' },
  unknown_host: { status: 404, message: 'The host does not name a service of the mesh' },
  misdirected: { status: 421, message: 'This connection was made for another host' },
  unknown_service: { status: 503, message: 'The mesh knows no such service' },
  no_endpoint: { status: 503, message: 'The service has no endpoint' },
  overloaded: { status: 503, message: 'Too many requests already wait for a connection to the service' },
  circuit_open: { status: 503, message: 'Too many requests to the service are already in flight' },
  shed: { status: 503, message: 'The service is overloaded, and this request was not the most urgent' },
  rate_limited: { status: 429, message: 'Too many requests' },
  fault_injected: { status: 503, message: 'A rule of the mesh makes this request fail on purpose' },
  no_identity: { status: 503, message: 'This agent has no certificate yet' },
  connect_failed: { status: 503, message: 'The service could not be reached' },
  connect_timeout: { status: 504, message: 'Connecting to the service took too long' },
  identity_rejected: { status: 502, message: 'The peer could not prove that it is the service' },
  access_denied: { status: 403, message: 'The access rule of the service does not name this caller' },
  request_timeout: { status: 504, message: 'The service did not answer in time' },
  try_timeout: { status: 504, message: 'The service did not begin to answer in the time for one try' },
  idle_timeout: { status: 504, message: 'Nothing was sent in either direction for too long' },
  head_timeout: { status: 408, message: 'The request head did not arrive in time' },
  peer_reset: { status: 502, message: 'The service closed the connection before it answered' },
  bad_response: { status: 502, message: 'The answer of the service cannot be read' },
  shutting_down: { status: 503, message: 'This agent is shutting down' },
} as const satisfies Record<string, { status: number; message: string }>;

export type DataPathErrorCode = keyof typeof dataPathErrors;

export function isDataPathErrorCode(text: string): text is DataPathErrorCode {
  return Object.hasOwn(dataPathErrors, text);
}
