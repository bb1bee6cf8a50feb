import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { DataPlane } from '../data-plane.ts';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startPlane, viewOf } from '../specs/planes.ts';

export const authority = new TestAuthority('mesh.test');

/** A TCP service on a free port that may leave either direction open, closed when the test ends. */
export async function startTcp(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export function startEcho(): Promise<number> {
  return startTcp((socket) => void socket.pipe(socket));
}

/** A client that may leave either direction open. */
export function tcpClient(port: number, host = '127.0.0.1'): Socket {
  const socket = connect({ port, host, allowHalfOpen: true });
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

export interface TcpPath {
  /** Where a caller of `db` connects to. */
  port: number;
  caller: DataPlane;
  /** The agent of `db`; of a plain path the caller's again. */
  callee: DataPlane;
}

type More = Parameters<typeof viewOf>[2];

const upstreams = [{ service: 'db', port: 0 }];

/** Caller -> its agent -> the service, in plain text. */
export async function plainPath(endpoints: Parameters<typeof viewOf>[1], more: More = {}): Promise<TcpPath> {
  const { plane, ports } = await startPlane({ upstreams });
  plane.apply([viewOf('db', endpoints, { protocol: 'tcp', port: 5432, ...more })]);
  return { port: ports.upstreams.db ?? 0, caller: plane, callee: plane };
}

/** Caller -> its agent -> mutual TLS -> the agent of `db` -> the service. */
export async function meshPath(service: number, more: More = {}): Promise<TcpPath> {
  const db = await startPlane({
    self: { service: 'db', version: 'v1', instance: 'db-1' },
    local: { host: '127.0.0.1', port: service },
    inbound: { host: '127.0.0.1', port: 0, tls: true },
  });
  db.plane.setIdentity(authority.identity('db'));
  db.plane.apply([viewOf('db', [], { protocol: 'tcp', ...more })]);
  const endpoint = { port: db.ports.inbound ?? 0, tls: true };
  const { port, caller } = await plainPath([endpoint], more);
  caller.setIdentity(authority.identity('caller'));
  return { port, caller, callee: db.plane };
}
