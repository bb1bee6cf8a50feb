import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultPolicy } from '@tulle/mesh/policy';
import type { Endpoint, ServiceView } from '@tulle/mesh/service-view';
import { pino } from 'pino';
import { agentOptionsSchema } from '../../agent-command.ts';
import { type Launched, launchAgent } from '../../lifecycle/launch-agent.ts';
import { readOptions } from '../../lifecycle/options.ts';

export interface SpecAgent extends Launched {
  /** Messages logged at warn and above. */
  readonly complaints: string[];
}

/** An agent in this process, on free ports. */
export async function launchSpecAgent(flags: Record<string, unknown>): Promise<SpecAgent> {
  const complaints: string[] = [];
  const logger = pino(
    { level: process.env.SPEC_LOG ?? 'warn' },
    {
      write: (line: string) =>
        void complaints.push(`${JSON.parse(line).msg} ${JSON.parse(line).reason ?? ''}`),
    },
  );
  const options = readOptions(
    agentOptionsSchema,
    { outboundPort: 0, inboundPort: 0, adminPort: 0, drainTimeoutMs: 1_000, ...flags },
    {},
  );
  const launched = await launchAgent(options, logger);
  return { ...launched, complaints };
}

export function viewOf(service: string, endpoints: Endpoint[] = []): ServiceView {
  const { kind: _kind, service: _service, ...defaults } = defaultPolicy(service);
  // A busy machine may take longer for a handshake than the second that is usual.
  const policy = { ...defaults, timeouts: { ...defaults.timeouts, connectMs: 60_000 } };
  return { service, protocol: 'http', port: 80, policy, endpoints };
}

export function endpointOf(agent: Launched): Endpoint {
  const { instance, version } = agent.self;
  return { id: instance, version, host: '127.0.0.1', port: agent.agent.ports.inbound ?? 0, tls: true };
}

/** A service that answers everything with its name. */
export async function startEcho(name: string): Promise<{ port: number; close: () => void }> {
  const server = createServer((_request, response) => response.end(name));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** GET http://<service>/ through the agent's proxy port. */
export function callThrough(agent: Launched, service: string): Promise<Answer> {
  const port = agent.agent.ports.outbound ?? 0;
  return get({ port, path: `http://${service}/`, headers: { host: service } });
}

export function get(options: {
  port: number;
  path: string;
  headers?: Record<string, string>;
  method?: string;
}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.once('error', reject);
    call.end();
  });
}
