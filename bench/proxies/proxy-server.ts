import type { ServerProcess } from '../server-process.ts';

/** Where a proxy sends requests: `http` is HTTP/1.1, the others are HTTP/2 with prior knowledge. */
export interface Origin {
  readonly port: number;
  readonly protocol: 'http' | 'http2' | 'grpc';
  /** What serves it, where its CPU counts. */
  readonly processes?: readonly ServerProcess[];
}

/** One proxy or a pair of them, seen from outside: plain text on a port of loopback. */
export interface ProxyServer {
  readonly port: number;
  readonly processes: readonly ServerProcess[];
}

/** What stands between two proxies: mutual TLS 1.3 with this protocol. */
export type Between = 'http/1.1' | 'h2';
