import { networkInterfaces } from 'node:os';

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || host.startsWith('127.');
}

/** Where peers reach this machine: on loopback when the API is there too, else the first address of an interface. */
export function reachableHost(apis: readonly string[]): string {
  if (apis.every((api) => isLoopback(new URL(api).hostname))) return '127.0.0.1';
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const outside = addresses.filter(({ internal }) => !internal);
  const chosen = outside.find(({ family }) => family === 'IPv4') ?? outside[0];
  return chosen?.address ?? '127.0.0.1';
}
