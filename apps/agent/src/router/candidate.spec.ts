import { describe, expect, it } from 'vitest';
import { type Declared, exact, found, prefix, query, regexp } from './found.spec-support.ts';

describe('what a match holds for', () => {
  it.each([
    [prefix('/a'), '/a', true],
    [prefix('/a'), '/a/', true],
    [prefix('/a'), '/a/b', true],
    [prefix('/a'), '/ab', false],
    [prefix('/a/'), '/a', true],
    [prefix('/a'), '//a', false],
    [prefix('/a'), '/%61', true],
    [prefix('/a'), '/a%2Fb', false],
    [prefix('/caf%C3%A9'), '/caf%c3%a9/x', true],
    [prefix('/a'), '/a?x=/b', true],
    [prefix('/a'), '/b?x=/a', false],
    [prefix('/'), '/anything', true],
    [exact('/a'), '/a', true],
    [exact('/a'), '/a/', false],
    [exact('/a'), '/a?b', true],
    [exact('/a'), '/A', false],
    [regexp('/a/[0-9]+'), '/a/12', true],
    [regexp('/a/[0-9]+'), '/a/12/b', false],
    [regexp('/a|/b/c'), '/b/c', true],
    [regexp('/a/(x)|/b/c'), '/b/c', true],
    [regexp('/a/[(]x|/b/c'), '/b/c', true],
    [regexp('/a/\\(x|/b/c'), '/b/c', true],
    [regexp('/a/\\[x|/b/c'), '/b/c', true],
    [regexp('/a/[x]|/b/c'), '/b/c', true],
    [regexp('/a/[|]x'), '/a/|x', true],
    [regexp('/users?/x'), '/user/x', true],
    [regexp('/users/?'), '/users', true],
    [regexp('/a/?b'), '/ab', true],
    [regexp('/a/b{0,1}'), '/a/', true],
    [regexp('(/a|/b)/c'), '/b/c', true],
    [query(['q', 'a b']), '/?q=a+b', true],
    [query(['q', 'a b']), '/?q=a%20b', true],
    [query(['q', 'ä']), '/?q=%C3%A4', true],
    [query(['ä', '1']), '/?%C3%A4=1', true],
    [query(['q', '%zz']), '/?q=%zz', true],
    [query(['q', '']), '/?q', true],
    [query(['q', '']), '/?q=&q=1', true],
    [query(['q', '1']), '/?q=0&q=1', false],
    [query(['q', '1']), '/?xq=1', false],
    [query(['q', '1=2']), '/?a=b&q=1=2', true],
    [{ grpc: { service: 'shop.Cart', method: 'Add' } }, '/shop.Cart/Add', true],
    [{ grpc: { service: 'shop.Cart', method: 'Add' } }, '/shop.Cart/AddAll', false],
    [{ grpc: { service: 'shop.Cart' } }, '/shop.Cart/Add', true],
    [{ grpc: { service: 'shop.Cart' } }, '/shop.Carts/Add', false],
    [{ grpc: { method: 'Add' } }, '/shop.Cart/Add', true],
    [{ grpc: { method: 'Add' } }, '/x/shop.Cart/Add', false],
    [{ source: 'caller' }, '/', true],
    [{ source: 'another' }, '/', false],
    [{ headers: [{ name: 'Host', value: 'web.mesh' }] }, '/', true],
    [{ headers: [{ name: 'X-User', type: 'RegularExpression', value: 'a.*' }] }, '/', true],
    [{ headers: [{ name: 'x-user', type: 'RegularExpression', value: 'n.*' }] }, '/', false],
    [{ headers: [{ name: 'x-none', type: 'RegularExpression', value: '.*' }] }, '/', false],
    [{ cookies: [{ name: 'session', value: '7' }] }, '/', true],
    [{ cookies: [{ name: 'session', type: 'RegularExpression', value: '[0-9]' }] }, '/', true],
    [{ cookies: [{ name: 'ession', value: '7' }] }, '/', false],
  ] satisfies [Declared, string, boolean][])('%j and %s: %s', (match, target, holds) => {
    const request = { fields: { 'x-user': 'anna', cookie: 'theme=dark; session=7' } };
    expect(found([['it', match]], target, request)).toBe(holds ? 'it' : undefined);
  });

  it('asks for the path of OPTIONS * only where no rule names a path', () => {
    expect(found([['it', {}]], '*', { method: 'OPTIONS' })).toBe('it');
    expect(found([['it', prefix('/a')]], '*', { method: 'OPTIONS' })).toBeUndefined();
  });
});
