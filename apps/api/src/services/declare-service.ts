import { serviceSchema } from '@tulle/mesh/service';
import type { ApplyChange } from '../changes/apply-change.ts';
import type { ConfigStore } from '../changes/config-store.ts';

/** Makes a service that has instances a declared one, so that it can be seen and edited like any other. */
export function createServiceDeclarer({
  applyChange,
  configStore,
}: {
  applyChange: ApplyChange;
  configStore: ConfigStore;
}): (service: string) => Promise<void> {
  const underWay = new Map<string, Promise<void>>();

  async function declare(name: string): Promise<void> {
    await applyChange({
      author: { name: 'Tulle' },
      source: 'system',
      reason: 'The first instance joined.',
      // Under the gate's lock: somebody may have declared it meanwhile, with more to say.
      edit: (current) =>
        current.find('Service', name) === undefined
          ? { upserts: [serviceSchema.parse({ kind: 'Service', name })] }
          : {},
    });
  }

  return (service) => {
    if (configStore.resource('Service', service) !== undefined) return Promise.resolve();
    // Many instances of a new service come at once.
    const declaring = underWay.get(service) ?? declare(service).finally(() => underWay.delete(service));
    underWay.set(service, declaring);
    return declaring;
  };
}
