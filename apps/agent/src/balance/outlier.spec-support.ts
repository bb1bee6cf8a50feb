import type { OutlierDetection } from '@tulle/mesh/outlier-detection';
import type { Backend } from './backend.ts';
import { applyTo, endpointOf, registryOf } from './spec-fleet.spec-support.ts';

export const off = { consecutiveFailures: 0, successRateBelowPercent: 0, latencyAbovePercent: 0 };

export function fleetOf(count: number, outlierDetection: Partial<OutlierDetection> = {}) {
  const { registry, clock } = registryOf();
  const endpoints = Array.from({ length: count }, (_, index) => endpointOf(index));
  const apply = () => applyTo(registry, endpoints, { outlierDetection });
  const backends = apply().backends as [Backend, Backend, ...Backend[]];
  registry.sweep(0);
  return { registry, clock, backends, apply };
}

export function fail(backend: Backend, times: number, now: number): void {
  for (let time = 0; time < times; time++) backend.observe(1, true, now);
}

export function succeed(backend: Backend, times: number, now: number, latencyMs = 1): void {
  for (let time = 0; time < times; time++) backend.observe(latencyMs, false, now);
}

export const ejected = (backends: readonly Backend[], now: number) =>
  backends.filter((backend) => backend.state(now).why === 'ejected').length;
