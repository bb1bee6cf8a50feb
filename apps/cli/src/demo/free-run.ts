import { once } from 'node:events';
import { createServer } from 'node:net';

const stride = 50;
const lastFirstPort = 65_000;

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
