import { reservedPort } from '@tulle/agent/specs/reserved-port';
import type { ServerProcess } from '../server-process.ts';
import type { CertificateFiles, Workbench } from '../workbench.ts';
import type { Between, Origin, ProxyServer } from './proxy-server.ts';

interface EnvoySides {
  readonly port: number;
  readonly origin: Origin;
  /** Speaks mutual TLS with its callers. */
  readonly serverTls?: { readonly files: CertificateFiles; readonly between: Between };
  /** Speaks mutual TLS with its peer, which must have this SPIFFE ID. */
  readonly clientTls?: {
    readonly files: CertificateFiles;
    readonly between: Between;
    readonly expect: string;
  };
}

const type = (name: string) => `type.googleapis.com/envoy.extensions.${name}`;
const socketAddress = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });

function tlsContext(files: CertificateFiles, between: Between, spiffeId: string) {
  return {
    tls_params: { tls_minimum_protocol_version: 'TLSv1_3', tls_maximum_protocol_version: 'TLSv1_3' },
    alpn_protocols: [between],
    tls_certificates: [
      { certificate_chain: { filename: files.certificate }, private_key: { filename: files.key } },
    ],
    validation_context: {
      trusted_ca: { filename: files.trustBundle },
      match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { prefix: spiffeId } }],
    },
  };
}

function listener({ port, serverTls }: EnvoySides) {
  const connectionManager = {
    '@type': type('filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'ingress',
    codec_type: 'AUTO',
    generate_request_id: false,
    route_config: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'peer', timeout: '0s' } }],
        },
      ],
    },
    http_filters: [{ name: 'router', typed_config: { '@type': type('filters.http.router.v3.Router') } }],
  };
  const transport = serverTls && {
    name: 'tls',
    typed_config: {
      '@type': type('transport_sockets.tls.v3.DownstreamTlsContext'),
      require_client_certificate: true,
      common_tls_context: tlsContext(
        serverTls.files,
        serverTls.between,
        `spiffe://${serverTls.files.trustDomain}/service/`,
      ),
    },
  };
  return {
    name: 'in',
    address: socketAddress(port),
    filter_chains: [
      {
        filters: [{ name: 'http', typed_config: connectionManager }],
        ...(transport === undefined ? {} : { transport_socket: transport }),
      },
    ],
  };
}

function cluster({ origin, clientTls }: EnvoySides) {
  const http2 = clientTls === undefined ? origin.protocol !== 'http' : clientTls.between === 'h2';
  const transport = clientTls && {
    name: 'tls',
    typed_config: {
      '@type': type('transport_sockets.tls.v3.UpstreamTlsContext'),
      common_tls_context: tlsContext(clientTls.files, clientTls.between, clientTls.expect),
    },
  };
  return {
    name: 'peer',
    type: 'STATIC',
    connect_timeout: '10s',
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': type('upstreams.http.v3.HttpProtocolOptions'),
        explicit_http_config: http2 ? { http2_protocol_options: {} } : { http_protocol_options: {} },
      },
    },
    load_assignment: {
      cluster_name: 'peer',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(origin.port) } }] }],
    },
    ...(transport === undefined ? {} : { transport_socket: transport }),
  };
}

function start(bench: Workbench, program: string, name: string, sides: EnvoySides): ServerProcess {
  const resources = { static_resources: { listeners: [listener(sides)], clusters: [cluster(sides)] } };
  // JSON, which is YAML.
  const file = bench.file(`${name}.yaml`, JSON.stringify(resources));
  return bench.start(name, program, [
    '-c',
    file,
    '--concurrency',
    '1',
    '--disable-hot-restart',
    '-l',
    'error',
  ]);
}

/** Plain text in and out; no access log, one worker. */
export async function startEnvoyHop(bench: Workbench, program: string, origin: Origin): Promise<ProxyServer> {
  const port = await reservedPort();
  const envoy = start(bench, program, 'envoy', { port, origin });
  await envoy.accepting(port);
  return { port, processes: [envoy] };
}

/** For callers that speak mutual TLS. */
export async function startInboundEnvoy(
  bench: Workbench,
  program: string,
  origin: Origin,
  between: Between,
): Promise<ProxyServer> {
  const port = await reservedPort();
  const serverTls = { files: bench.certificateFiles('web'), between };
  const envoy = start(bench, program, 'envoy-in', { port, origin, serverTls });
  await envoy.accepting(port);
  return { port, processes: [envoy] };
}

export async function startEnvoyPair(
  bench: Workbench,
  program: string,
  origin: Origin,
  between: Between,
): Promise<ProxyServer> {
  const port = await reservedPort();
  const inbound = await startInboundEnvoy(bench, program, origin, between);
  const expect = bench.certificateFiles('web').spiffeId;
  const outbound = start(bench, program, 'envoy-out', {
    port,
    origin: { ...origin, port: inbound.port },
    clientTls: { files: bench.certificateFiles('caller'), between, expect },
  });
  await outbound.accepting(port);
  return { port, processes: [...inbound.processes, outbound] };
}
