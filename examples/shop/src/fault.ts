import { createServer } from 'node:http';

/** How a part misbehaves: a share of requests fails, and all of them take longer. */
export interface FaultSetting {
  /** 0 to 1. */
  errorRate: number;
  delayMs: number;
}

export interface Fault {
  /** Waits, and throws for the share that should fail. */
  pass(): Promise<void>;
}

/**
 * Reads the first setting from FAULT_ERROR_RATE and FAULT_DELAY_MS, and listens on FAULT_PORT (loopback, apart from
 * the service's own port, so that nobody reaches it through the mesh) for `POST /` with `{errorRate, delayMs}`.
 */
export function startFaultControl(): Fault {
  const setting: FaultSetting = {
    errorRate: Number(process.env.FAULT_ERROR_RATE ?? 0),
    delayMs: Number(process.env.FAULT_DELAY_MS ?? 0),
  };
  if (process.env.FAULT_PORT !== undefined) listen(Number(process.env.FAULT_PORT), setting);

  return {
    async pass() {
      if (setting.delayMs > 0) await delay(setting.delayMs * (0.5 + Math.random()));
      if (setting.errorRate > 0 && Math.random() < setting.errorRate) throw new Error('faulty on purpose');
    },
  };
}

function listen(port: number, setting: FaultSetting): void {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > 1_000) request.destroy();
    });
    request.on('end', () => {
      const wanted = parseSetting(text);
      if (wanted === undefined) {
        response.writeHead(400).end('want {"errorRate": 0 to 1, "delayMs": 0 to 60000}\n');
        return;
      }
      Object.assign(setting, wanted);
      response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(setting)}\n`);
    });
  });
  server.listen(port, '127.0.0.1');
  server.unref();
}

function parseSetting(text: string): FaultSetting | undefined {
  try {
    const { errorRate, delayMs } = JSON.parse(text) as Record<string, unknown>;
    if (typeof errorRate !== 'number' || !(errorRate >= 0 && errorRate <= 1)) return undefined;
    if (typeof delayMs !== 'number' || !(delayMs >= 0 && delayMs <= 60_000)) return undefined;
    return { errorRate, delayMs };
  } catch {
    return undefined;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
