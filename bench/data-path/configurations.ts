/** The same job for each proxy: HTTP/1.1, keep-alive, no access log, one worker. */

export interface CertificateFiles {
  trustDomain: string;
  certificate: string;
  key: string;
  trustBundle: string;
}

/** Answers with 200 bytes. With `peer`, proxies to it instead. */
export function nginxConfiguration(folder: string, port: number, peer?: number): string {
  const upstream =
    peer === undefined
      ? ''
      : `upstream peer { server 127.0.0.1:${peer}; keepalive 128; keepalive_requests 100000000; }`;
  const location =
    peer === undefined
      ? `return 200 "${'x'.repeat(200)}";`
      : 'proxy_pass http://peer; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;';
  return `
daemon off; worker_processes 1; pid ${folder}/nginx-${port}.pid; error_log ${folder}/nginx-${port}.log error;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 100000000; client_body_temp_path ${folder}; proxy_temp_path ${folder};
  fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  ${upstream}
  server { listen 127.0.0.1:${port}; location / { ${location} } }
}`;
}

interface EnvoySides {
  /** Speaks mutual TLS with its callers. */
  serverTls?: CertificateFiles;
  /** Speaks mutual TLS with its peer, which must be this service. */
  clientTls?: CertificateFiles & { expect: string };
}

/** JSON, which is YAML. */
export function envoyConfiguration(port: number, peer: number, { serverTls, clientTls }: EnvoySides): string {
  const socketAddress = (at: number) => ({ socket_address: { address: '127.0.0.1', port_value: at } });
  const type = (name: string) => `type.googleapis.com/envoy.extensions.${name}`;
  const common = (files: CertificateFiles, spiffeId: string) => ({
    tls_params: { tls_minimum_protocol_version: 'TLSv1_3', tls_maximum_protocol_version: 'TLSv1_3' },
    alpn_protocols: ['http/1.1'],
    tls_certificates: [
      { certificate_chain: { filename: files.certificate }, private_key: { filename: files.key } },
    ],
    validation_context: {
      trusted_ca: { filename: files.trustBundle },
      match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { prefix: spiffeId } }],
    },
  });
  const connectionManager = {
    '@type': type('filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'ingress',
    codec_type: 'HTTP1',
    generate_request_id: false,
    route_config: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'peer' } }] },
      ],
    },
    http_filters: [{ name: 'router', typed_config: { '@type': type('filters.http.router.v3.Router') } }],
  };
  const downstream = serverTls && {
    name: 'tls',
    typed_config: {
      '@type': type('transport_sockets.tls.v3.DownstreamTlsContext'),
      require_client_certificate: true,
      common_tls_context: common(serverTls, `spiffe://${serverTls.trustDomain}/service/`),
    },
  };
  const upstream = clientTls && {
    name: 'tls',
    typed_config: {
      '@type': type('transport_sockets.tls.v3.UpstreamTlsContext'),
      common_tls_context: common(clientTls, clientTls.expect),
    },
  };
  return JSON.stringify({
    static_resources: {
      listeners: [
        {
          name: 'in',
          address: socketAddress(port),
          filter_chains: [
            {
              filters: [{ name: 'http', typed_config: connectionManager }],
              ...(downstream === undefined ? {} : { transport_socket: downstream }),
            },
          ],
        },
      ],
      clusters: [
        {
          name: 'peer',
          type: 'STATIC',
          connect_timeout: '1s',
          load_assignment: {
            cluster_name: 'peer',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(peer) } }] }],
          },
          ...(upstream === undefined ? {} : { transport_socket: upstream }),
        },
      ],
    },
  });
}

interface AgentSides {
  service: string;
  outbound?: number;
  inbound?: { port: number; local: number };
  identity?: CertificateFiles;
  /** Port of the service `web`, and whether an agent stands before it. */
  web?: { port: number; tls: boolean };
}

/** JSON, which is YAML. */
export function agentConfiguration({ service, outbound, inbound, identity, web }: AgentSides): string {
  return JSON.stringify({
    self: { service },
    listen: {
      ...(outbound === undefined ? {} : { outbound }),
      ...(inbound === undefined ? {} : { inbound: inbound.port }),
    },
    ...(inbound === undefined ? {} : { local: inbound.local }),
    ...(identity === undefined ? {} : { identity }),
    services: web === undefined ? {} : { web: { endpoints: [{ address: web.port, tls: web.tls }] } },
  });
}
