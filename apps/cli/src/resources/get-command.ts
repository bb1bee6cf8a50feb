import { everyone } from '@tulle/mesh/access-rule';
import { countOf, listOf } from '@tulle/mesh/format';
import { type Resource, resourceKinds, resourceService } from '@tulle/mesh/resource';
import { describeRule, describeSticky } from '@tulle/mesh/route-words';
import { unusualFields } from '@tulle/mesh/unusual-fields';
import type { Command } from 'commander';
import { Option } from 'commander';
import { type AccessFlags, addAccessOptions } from '../access.ts';
import { withApi } from '../api-client.ts';
import { CommandFailure } from '../failure.ts';
import { table } from '../table.ts';
import { kindNamed } from './kind-named.ts';

interface GetFlags extends AccessFlags {
  readonly output: 'table' | 'yaml' | 'json';
}

export function define(command: Command): void {
  addAccessOptions(command)
    .description('Show what is declared: everything, one kind, or one service.')
    .argument('[kind]', `one of ${resourceKinds.join(', ')}`)
    .argument('[service]', 'the service it is about; "*" for the default of access')
    .addOption(new Option('-o, --output <format>', 'how').choices(['table', 'yaml', 'json']).default('table'))
    .action((word: string | undefined, service: string | undefined, flags: GetFlags) => {
      const kind = word === undefined ? undefined : kindNamed(word);
      return withApi(flags, async (api) => {
        const found = await api.resources.list.query({
          ...(kind === undefined ? {} : { kind }),
          ...(service === undefined ? {} : { service }),
        });
        if (service !== undefined && found.resources.length === 0)
          throw new CommandFailure(`There is no ${kind}/${service}.`);
        process.stdout.write(shown(found, flags.output));
      });
    });
}

function shown(found: { resources: readonly Resource[]; yaml: string }, output: GetFlags['output']): string {
  if (output === 'yaml') return found.yaml;
  if (output === 'json') return `${JSON.stringify(found.resources, null, 2)}\n`;
  if (found.resources.length === 0) return 'Nothing is declared.\n';
  return table([
    ['KIND', 'SERVICE', 'WHAT'],
    ...found.resources.map((resource) => [resource.kind, resourceService(resource), summary(resource)]),
  ]);
}

function summary(resource: Resource): string {
  switch (resource.kind) {
    case 'Service':
      return [resource.protocol, resource.owner, resource.description].filter(Boolean).join(', ');
    case 'TrafficSplit':
      return [
        ...resource.weights.map(({ version, weight }) => `${version} ${weight} %`),
        ...(resource.sticky ? [`sticky by ${describeSticky(resource.sticky)}`] : []),
      ].join(', ');
    case 'Route':
      return `${countOf(resource.rules.length, 'rule')}: ${listOf(resource.rules.map((rule) => describeRule(rule).title))}`;
    case 'Policy':
      return (
        unusualFields(resource)
          .map(({ field, value }) => `${field} ${value}`)
          .join(', ') || 'the defaults'
      );
    case 'AccessRule':
      if (resource.allow.includes(everyone)) return 'allow anyone';
      return `allow ${listOf(resource.allow) || 'nobody'}`;
    case 'Gateway':
      return resource.routes.map(({ hostnames, service }) => `${listOf(hostnames)} → ${service}`).join('; ');
  }
}
