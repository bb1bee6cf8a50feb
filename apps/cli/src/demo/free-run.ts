import { once } from 'node:events';
import { createServer } from 'node:net';

const stride = 50;
const lastFirstPort = 65_000;

/** Linux gives ports from here on to connections and to whoever asks for any. */
const firstEphemeralPort = 32_768;
const ownRangeFrom = 10_000;

/**
 * Where to look for a run for the demo of an API at `port`: above it, or, where that would be among the ports that any
 * socket of the machine may be given before a part listens, in a range of its own, the same for the same API.
 */
export function runBeside(port: number): number {
  const above = port + 110;
  if (above + stride <= firstEphemeralPort) return above;
  return ownRangeFrom + (port % 400) * stride;
}

/**
 * The first start, from `from` on in strides, at which every port that `portsFrom` names is free on loopback. Ports
 * stay the same from start to start unless somebody else has taken one.
 */
export async function freeRun(
  from: number,
  portsFrom: (first: number) => readonly number[],
): Promise<number> {
  for (let first = from; first < lastFirstPort; first += stride) {
    const free = await Promise.all(portsFrom(first).map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`No run of free ports was found from ${from} on.`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
