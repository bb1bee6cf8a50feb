import type { Overload, RefusedByPriority } from '../record/measurements.ts';
import type { Family, PrometheusPage } from './prometheus-page.ts';

const priorities = ['critical', 'normal', 'low', 'least'] as const;

export function writeOverload(page: PrometheusPage, { concurrency, memory }: Overload): void {
  if (concurrency !== undefined && concurrency.limit > 0) {
    page.single('tulle_concurrency_limit', concurrency.limit);
    page.single('tulle_concurrency_active_requests', concurrency.inFlight);
    page.single('tulle_concurrency_baseline_seconds', concurrency.baselineMs / 1_000);
  }
  const shed = page.family('tulle_shed_requests_total');
  if (concurrency !== undefined) addRefused(shed, 'concurrency', concurrency.refused);
  addRefused(shed, 'memory', memory.refused);
  page.single('tulle_memory_pressure', memory.pressure);
}

function addRefused(family: Family, reason: string, refused: RefusedByPriority): void {
  for (const [priority, count] of refused.entries()) family.add([reason, priorities[priority] ?? ''], count);
}
