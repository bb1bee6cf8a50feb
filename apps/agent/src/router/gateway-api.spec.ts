import { describe, expect, it } from 'vitest';
import {
  type Declared,
  exact,
  found,
  header,
  prefix,
  query,
  type Rules,
  regexp,
} from './found.spec-support.ts';

describe('cases of the conformance tests of the Gateway API', () => {
  it.each([
    ['/match/exact/one', 'v3'],
    ['/match/exact', 'v2'],
    ['/match', 'v1'],
    ['/match/prefix/one/any', 'v2'],
    ['/match/prefix/any', 'v1'],
    ['/match/any', 'v3'],
  ])('path order: %s goes to %s', (path, backend) => {
    const rules: Rules = [
      ['v3', prefix('/match')],
      ['v1', prefix('/match/prefix')],
      ['v2', prefix('/match/prefix/one')],
      ['v1', exact('/match')],
      ['v2', exact('/match/exact')],
      ['v3', exact('/match/exact/one')],
    ];
    expect(found(rules, path)).toBe(backend);
    expect(found(rules.toReversed(), path)).toBe(backend);
  });

  it.each([
    ['/', { Version: 'one' }, 'v1'],
    ['/', { Version: 'two' }, 'v2'],
    ['/', { Version: 'two', Color: 'orange' }, 'v1'],
    ['/', { Version: 'two', Color: 'blue' }, 'v2'],
    ['/', { Color: 'orange' }, undefined],
    ['/', { 'Some-Other-Header': 'one' }, undefined],
    ['/', { Color: 'blue' }, 'v1'],
    ['/', { Color: 'green' }, 'v1'],
    ['/', { Color: 'red' }, 'v2'],
    ['/', { Color: 'yellow' }, 'v2'],
    ['/', { Color: 'purple' }, undefined],
  ])('headers: %s with %j goes to %s', (path, fields: Record<string, string>, backend) => {
    const rules: Rules = [
      ['v1', header('version', 'one')],
      ['v2', header('version', 'two')],
      [
        'v1',
        {
          headers: [
            { name: 'version', value: 'two' },
            { name: 'color', value: 'orange' },
          ],
        },
      ],
      ['v1', header('color', 'blue'), header('color', 'green')],
      ['v2', header('color', 'red'), header('color', 'yellow')],
    ];
    expect(found(rules, path, { fields })).toBe(backend);
  });

  it.each([
    ['/?animal=whale', {}, 'v1'],
    ['/?animal=dolphin', {}, 'v2'],
    ['/?animal=dolphin&color=blue', {}, 'v3'],
    ['/?ANIMAL=Whale', {}, 'v3'],
    ['/?animal=whale&otherparam=irrelevant', {}, 'v1'],
    ['/?animal=dolphin&color=yellow', {}, 'v2'],
    ['/?color=blue', {}, undefined],
    ['/?animal=dog', {}, undefined],
    ['/?animal=whaledolphin', {}, undefined],
    ['/', {}, undefined],
    ['/path1?animal=whale', {}, 'v1'],
    ['/?animal=whale', { version: 'one' }, 'v2'],
    ['/path2?animal=whale', { version: 'two' }, 'v3'],
    ['/path3?animal=shark', {}, 'v1'],
    ['/path4?animal=kraken', { version: 'three' }, 'v1'],
    ['/?animal=shark', {}, undefined],
    ['/path4?animal=kraken', {}, undefined],
    ['/path5?animal=hydra', {}, 'v1'],
    ['/?animal=hydra', { version: 'four' }, 'v3'],
  ])('query: %s with %j goes to %s', (target, fields: Record<string, string>, backend) => {
    const rules: Rules = [
      ['v1', query(['animal', 'whale'])],
      ['v2', query(['animal', 'dolphin'])],
      ['v3', query(['animal', 'dolphin'], ['color', 'blue']), query(['ANIMAL', 'Whale'])],
      ['v1', { ...prefix('/path1'), ...query(['animal', 'whale']) }],
      ['v2', { ...header('version', 'one'), ...query(['animal', 'whale']) }],
      ['v3', { ...prefix('/path2'), ...header('version', 'two'), ...query(['animal', 'whale']) }],
      [
        'v1',
        { ...prefix('/path3'), ...query(['animal', 'shark']) },
        { ...prefix('/path4'), ...header('version', 'three'), ...query(['animal', 'kraken']) },
      ],
      ['v1', { ...prefix('/path5'), ...query(['animal', 'hydra']) }],
      ['v2', query(['animal', 'hydra'])],
      ['v3', { ...header('version', 'four'), ...query(['animal', 'hydra']) }],
    ];
    expect(found(rules, target, { fields })).toBe(backend);
  });

  it.each([
    ['POST', '/', {}, 'v1'],
    ['GET', '/', {}, 'v2'],
    ['HEAD', '/', {}, undefined],
    ['GET', '/path1', {}, 'v1'],
    ['PUT', '/', { version: 'one' }, 'v2'],
    ['POST', '/path2', { version: 'two' }, 'v3'],
    ['PATCH', '/path3', {}, 'v1'],
    ['DELETE', '/path4', { version: 'three' }, 'v1'],
    ['PUT', '/', {}, undefined],
    ['DELETE', '/path4', {}, undefined],
    ['PATCH', '/path5', {}, 'v1'],
    ['PATCH', '/', { version: 'four' }, 'v2'],
  ])('methods: %s %s with %j goes to %s', (method, path, fields: Record<string, string>, backend) => {
    const rules: Rules = [
      ['v1', { method: 'POST' }],
      ['v2', { method: 'GET' }],
      ['v1', { ...prefix('/path1'), method: 'GET' }],
      ['v2', { ...header('version', 'one'), method: 'PUT' }],
      ['v3', { ...prefix('/path2'), ...header('version', 'two'), method: 'POST' }],
      [
        'v1',
        { ...prefix('/path3'), method: 'PATCH' },
        { ...prefix('/path4'), ...header('version', 'three'), method: 'DELETE' },
      ],
      ['v1', prefix('/path5')],
      ['v2', { method: 'PATCH' }],
      ['v3', header('version', 'four')],
    ];
    expect(found(rules, path, { method, fields })).toBe(backend);
  });

  it.each([
    ['/', {}, 'v1'],
    ['/example', {}, 'v1'],
    ['/', { Version: 'one' }, 'v1'],
    ['/v2', {}, 'v2'],
    ['/v2/example', {}, 'v2'],
    ['/', { Version: 'two' }, 'v2'],
    ['/v2/', {}, 'v2'],
    ['/v2example', {}, 'v1'],
    ['/foo/v2/example', {}, 'v1'],
  ])('paths and headers: %s with %j goes to %s', (path, fields: Record<string, string>, backend) => {
    const rules: Rules = [
      ['v1', prefix('/'), header('version', 'one')],
      ['v2', prefix('/v2'), header('version', 'two')],
    ];
    expect(found(rules, path, { fields })).toBe(backend);
  });
});

describe('what the more specific one is', () => {
  it.each<[string, Declared, Declared]>([
    [
      'an exact path before a prefix with everything',
      exact('/a/b'),
      { ...prefix('/a/b'), ...header('h', '1'), method: 'GET' },
    ],
    ['a longer prefix before a method', prefix('/a/b'), { ...prefix('/a'), method: 'GET' }],
    ['a prefix before an expression', prefix('/a'), regexp('/a/b')],
    ['an expression before no path', regexp('/a/.*'), { method: 'GET', ...header('h', '1') }],
    [
      'an expression before the prefix that holds for all',
      regexp('/a/.*'),
      { ...prefix('/'), method: 'GET' },
    ],
    ['a method before headers', { method: 'GET' }, header('h', '1')],
    ['a header before query parameters', header('h', '1'), query(['q', '1'], ['r', '1'])],
    [
      'two headers before one and a query',
      {
        headers: [
          { name: 'h', value: '1' },
          { name: 'i', value: '1' },
        ],
      },
      { ...header('h', '1'), ...query(['q', '1']) },
    ],
    [
      'a query parameter before a cookie',
      query(['q', '1']),
      { cookies: [{ name: 'c', value: '1' }], source: 'caller' },
    ],
    ['a cookie before the source', { cookies: [{ name: 'c', value: '1' }] }, { source: 'caller' }],
    ['the source before nothing', { source: 'caller' }, {}],
    ['a gRPC method before an expression', { grpc: { method: 'b' } }, regexp('/a/.*')],
    ['a gRPC service before a gRPC method', { grpc: { service: 'a' } }, { grpc: { method: 'b' } }],
    ['both before one of them', { grpc: { service: 'a', method: 'b' } }, { grpc: { service: 'a' } }],
  ])('%s', (_what, more, less) => {
    const request = { fields: { h: '1', i: '1', cookie: 'c=1' } };
    expect(
      found(
        [
          ['less', less],
          ['more', more],
        ],
        '/a/b?q=1&r=1',
        request,
      ),
    ).toBe('more');
    expect(
      found(
        [
          ['more', more],
          ['less', less],
        ],
        '/a/b?q=1&r=1',
        request,
      ),
    ).toBe('more');
    // Each of them holds on its own.
    expect(found([['less', less]], '/a/b?q=1&r=1', request)).toBe('less');
  });

  it('and of equals the first in the list', () => {
    expect(
      found(
        [
          ['first', prefix('/a')],
          ['second', prefix('/a/')],
        ],
        '/a/b',
      ),
    ).toBe('first');
    expect(
      found(
        [
          ['first', regexp('/a/.*')],
          ['second', regexp('/a/b/c.*')],
        ],
        '/a/b/c',
      ),
    ).toBe('first');
    expect(
      found(
        [
          ['first', regexp('/a/b/c.*')],
          ['second', regexp('/a/.*')],
          ['third', regexp('.*')],
        ],
        '/a/b/c',
      ),
    ).toBe('first');
  });
});
