import { once } from 'node:events';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { GatewayEntry } from '@tulle/mesh/gateway';
import { onTestFinished } from 'vitest';
import type { DataPlaneOptions } from '../data-plane.ts';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { type Http2Client, secureHttp2Client } from '../specs/http2-services.ts';
import { startPlane, viewOf } from '../specs/planes.ts';
import type { Answer } from '../specs/services.ts';
import type { ServerCertificate } from './server-certificates.ts';

/** For specs: one the clients of these helpers believe. */
export const authority = new TestAuthority();

export function certificateFor(dns: string, more: { lifetimeMs?: number } = {}): ServerCertificate {
  const { certificateChainPem, keyPem } = authority.identity('', { dns, ...more });
  return { certificatePath: `${dns}.crt`, certificateChainPem, keyPath: `${dns}.key`, keyPem };
}

const loopback = { host: '127.0.0.1', port: 0 };

/** An agent of the service `edge` that lets in requests for the hosts, each to the port of a service beside it. */
export async function startGateway(
  hosts: Record<string, number>,
  certificates: readonly ServerCertificate[],
  more: { entry?: Partial<GatewayEntry>; options?: Partial<DataPlaneOptions> } = {},
) {
  const { plane, ports } = await startPlane({
    self: { service: 'edge', version: 'v1', instance: 'edge-1' },
    gateway: { http: loopback, https: loopback },
    ...more.options,
  });
  plane.setServerCertificates(certificates);
  const services = Object.entries(hosts).map(([host, port], at) => ({ host, port, name: `service-${at}` }));
  const routes = services.map(({ host, name }) => ({ hostnames: [host], service: name }));
  plane.apply([
    viewOf('edge', [], { gateway: { routes, ...more.entry } }),
    ...services.map(({ name, port }) => viewOf(name, [{ port }])),
  ]);
  return { plane, http: ports.gatewayHttp ?? 0, https: ports.gatewayHttps ?? 0 };
}

/** What a client says of a connection that was closed instead of a handshake. */
export const cutOff = /disconnected|ECONNRESET|EPIPE/;

/** A handshake; rejects with the reason when it fails. `servername: ''` names nobody. */
export async function shake(
  port: number,
  servername: string,
  more: ConnectionOptions = {},
): Promise<TLSSocket> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername,
    ca: authority.rootPem,
    rejectUnauthorized: servername !== '',
    ...more,
  });
  onTestFinished(() => void socket.destroy());
  // The gateway may be ended before it.
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

/** One request over HTTP/1.1 on a connection of its own, or of `agent`. */
export async function ask(
  port: number,
  servername: string,
  { headers = {}, agent = new Agent(), ...more }: RequestOptions = {},
): Promise<Answer> {
  const request = httpsRequest({
    port,
    host: '127.0.0.1',
    servername,
    ca: authority.rootPem,
    headers: { host: servername, ...headers },
    agent,
    ...more,
  });
  request.on('error', () => {});
  request.end();
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

export function http2Session(port: number, servername: string): Http2Client {
  return secureHttp2Client(port, servername, authority.rootPem);
}
