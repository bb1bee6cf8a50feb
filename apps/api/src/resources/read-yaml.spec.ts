import { MeshError } from '@tulle/mesh/errors';
import { type Resource, resourceSchema } from '@tulle/mesh/resource';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readYaml } from './read-yaml.ts';
import { writeYaml } from './write-yaml.ts';

const split = `kind: TrafficSplit
service: orders
weights:
  - version: v1
    weight: 80
  - version: v2
    weight: 20
`;

function errorOf(text: string): MeshError {
  try {
    readYaml(text);
  } catch (error) {
    if (error instanceof MeshError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('reading resources', () => {
  it('takes several documents, JSON, comments and empty documents', () => {
    const text = `# first\n---\n${split}---\n# nothing here\n---\n{"kind": "AccessRule", "service": "orders", "allow": ["cart"]}\n`;
    expect(readYaml(text).map(({ resource }) => resource)).toEqual([
      {
        kind: 'TrafficSplit',
        service: 'orders',
        weights: [
          { version: 'v1', weight: 80 },
          { version: 'v2', weight: 20 },
        ],
      },
      { kind: 'AccessRule', service: 'orders', allow: ['cart'] },
    ]);
  });

  it('takes a list of resources, as JSON is written, and says where one of them is wrong', () => {
    const listed = [
      { kind: 'Service', name: 'orders' },
      { kind: 'AccessRule', service: 'orders', allow: ['cart'] },
    ];
    const kinds = readYaml(JSON.stringify(listed)).map(({ resource }) => resource.kind);
    expect(kinds).toEqual(['Service', 'AccessRule']);
    const { issues, message } = errorOf('- kind: Service\n  name: orders\n- kind: Service\n  name: 7\n');
    expect(message).toBe('Document 1, item 2 (Service), line 4, name: must be text; put it in quotes');
    expect(issues).toMatchObject([{ path: [0, 1, 'name'] }]);
    expect(() => readYaml('[]')).toThrow('There is no resource in it');
  });

  it('says document, line and column of broken YAML', () => {
    const error = errorOf(`${split}---\nkind: Service\nname: [orders\n`);
    expect(error.code).toBe('invalid_yaml');
    expect(error.message).toMatch(/^Document 2, line 11, column 1: /);
  });

  it('says document, resource, line and field of a wrong value', () => {
    const text = `${split}---\nkind: TrafficSplit\nservice: cart\nweights:\n  - version: v1\n    weight: -5\n  - version: v2\n    weight: 105\n`;
    const error = errorOf(text);
    expect(error.code).toBe('invalid_resource');
    expect(error.message).toBe(
      'Document 2 (TrafficSplit/cart), line 13, weights.0.weight: a weight is at least 0 (and 1 more)',
    );
    expect(error.issues).toMatchObject([
      { path: [1, 'weights', 0, 'weight'] },
      { path: [1, 'weights', 1, 'weight'] },
    ]);
  });

  it('says the line of a sum that is wrong, of a key that is unknown and of a field that is missing', () => {
    expect(errorOf(split.replace('20', '30')).message).toBe(
      'Document 1 (TrafficSplit/orders), line 4, weights: weights must sum to 100, these sum to 110',
    );
    expect(errorOf(`${split}stickiness: cookie\n`).message).toBe(
      'Document 1 (TrafficSplit/orders), line 8: there is no field stickiness',
    );
    expect(errorOf('kind: AccessRule\nservice: orders\n').message).toMatch(
      /^Document 1 \(AccessRule\/orders\), line 1, allow: is missing; it is a list$/,
    );
  });

  it('says that a version which looks like a number needs quotes', () => {
    expect(errorOf(split.replace('version: v1', 'version: 1')).message).toMatch(
      /line 4, weights\.0\.version: .*; put it in quotes$/,
    );
  });

  it('refuses what is no resource, and a resource that stands there twice', () => {
    expect(errorOf('a\n').message).toMatch(/^Document 1, line 1: it must be a mapping with a kind/);
    expect(errorOf('- a\n- b\n').issues.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Document 1, item 1, line 1: it must be a mapping with a kind/),
      expect.stringMatching(/^Document 1, item 2, line 2: it must be a mapping with a kind/),
    ]);
    expect(errorOf('kind: Deployment\nname: x\n').message).toBe(
      'Document 1 (Deployment/x), line 1, kind: must be one of Service, TrafficSplit, Route, Policy, AccessRule, Gateway',
    );
    expect(errorOf('\n# nothing\n')).toMatchObject({ code: 'invalid_yaml' });
    expect(errorOf(`${split}---\n${split}`)).toMatchObject({
      code: 'already_exists',
      message:
        'Document 2 (TrafficSplit/orders), line 9: stands here twice, the first is at Document 1 (TrafficSplit/orders), line 1; keep one of them.',
    });
  });

  it.each([
    ['brackets', '['.repeat(500_000)],
    ['braces', '{a: '.repeat(250_000)],
    ['dashes', '- '.repeat(499_000)],
    ['question marks', '? '.repeat(499_000)],
    ['deep indentation', Array.from({ length: 1_300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['many documents', '--- a\n'.repeat(150_000)],
    [
      'aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from(
        { length: 9 },
        (_, index) =>
          `${'bcdefghij'[index]}: &${'bcdefghij'[index]} [${`*${'abcdefghi'[index]},`.repeat(9)}]`,
      ).join('\n')}\n`,
    ],
    ['an alias to nothing', 'kind: *nobody\n'],
    // A hundred times as long as it takes: what multiplies would not end at all.
  ])('refuses %s before long', { timeout: 30_000 }, (_name, text) => {
    expect(errorOf(text).status).toBeGreaterThanOrEqual(400);
  });

  it('is not confused by indicators inside text', () => {
    const description = '[{ - ? '.repeat(60);
    const text = `kind: Service\nname: orders\ndescription: ${JSON.stringify(description)}\n`;
    expect(readYaml(text)).toMatchObject([{ resource: { description } }]);
    const block = `kind: Service\nname: orders\ndescription: |\n  ${'- '.repeat(50)}\n`;
    expect(readYaml(block)).toHaveLength(1);
  });

  it('takes back what it writes', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/);
    const header = fc.record({
      name: fc.stringMatching(/^x-[a-z]{1,8}$/),
      value: fc.stringMatching(/^[!-~]{0,12}$/),
    });
    const path = fc.stringMatching(/^\/[a-z]{1,9}$/);
    const rule = name.chain((ruleName) =>
      fc.record({
        name: fc.constant(ruleName),
        // A path of its own, so that no rule stands before another that asks for the same.
        matches: fc
          .record({
            path: fc.constant({ type: 'Exact', value: `/${ruleName}` }),
            headers: fc.uniqueArray(header, { selector: (one) => one.name, maxLength: 2 }),
            source: fc.option(name, { nil: undefined }),
          })
          .map((match) => [match]),
        filters: fc.subarray([
          {
            type: 'RequestHeaderModifier',
            requestHeaderModifier: { set: [{ name: 'x-a', value: 'b: #c' }] },
          },
          { type: 'RequestMirror', requestMirror: { backendRef: { version: 'v2' }, percent: 12.5 } },
          { type: 'Fault', fault: { delay: { delayMs: 5 } } },
        ]),
        backendRefs: fc.uniqueArray(fc.record({ version: name, weight: fc.integer({ min: 1, max: 9 }) }), {
          selector: ({ version }) => version,
          maxLength: 3,
        }),
        retries: fc.option(fc.constant({ attempts: 1, on: [] }), { nil: undefined }),
        timeouts: fc.option(
          path.map(({ length }) => ({ requestMs: length })),
          { nil: undefined },
        ),
      }),
    );
    const resource = fc.oneof(
      fc.record({
        kind: fc.constant('Service'),
        name,
        description: text,
        owner: text,
        labels: fc.dictionary(text, text, { maxKeys: 4 }),
      }),
      fc.record({ kind: fc.constant('AccessRule'), service: name, allow: fc.array(name, { maxLength: 4 }) }),
      fc.record({ kind: fc.constant('Policy'), service: name }),
      fc.record({
        kind: fc.constant('Route'),
        service: name,
        rules: fc.uniqueArray(rule, { selector: ({ name }) => name, minLength: 1, maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(
          resource.map((value): Resource => resourceSchema.parse(value)),
          {
            selector: (value) =>
              JSON.stringify([value.kind, value.kind === 'Service' ? value.name : value.service]),
            minLength: 1,
          },
        ),
        (resources) => {
          expect(readYaml(writeYaml(resources)).map(({ resource: read }) => read)).toEqual(resources);
        },
      ),
      { numRuns: 60 },
    );
  });
});
