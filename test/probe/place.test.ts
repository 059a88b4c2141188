import { expect, it } from 'vitest';
import { Failure } from '../../src/errors.js';
import { tokenAt, tokenElsewhere, valueAt } from '../../src/probe/place.js';
import { sign } from '../support/courier-server.js';

const token = sign({ scope: 'user_id:alice', tenant_scope: 'published/test' });
const nobodys = sign({ scope: 'read:brands', tenant_scope: 'published/test' });
const foreign = sign({ sub: 'csrf' });

it.each<{ body: string; path: string; at: string | undefined }>([
  { body: JSON.stringify({ token }), path: 'token', at: token },
  { body: JSON.stringify({ token: `Bearer ${token}` }), path: 'token', at: token },
  { body: JSON.stringify({ data: [{ token }] }), path: 'data.0.token', at: token },
  { body: ` ${token}\n`, path: '-', at: token },
  { body: JSON.stringify(token), path: '-', at: token },
  { body: JSON.stringify({ token: '' }), path: 'token', at: undefined },
  { body: JSON.stringify({ token: 7 }), path: 'token', at: undefined },
  { body: JSON.stringify({ token: 'no' }), path: 'token', at: 'token.none' },
  { body: '{', path: 'token', at: undefined },
])('at $path of $body', ({ body, path, at }) => {
  const found = tokenAt(body, path);
  expect(found instanceof Failure ? found.code : found?.raw).toBe(at);
});

const nested = (depth: number, inside: unknown): unknown => (depth === 0 ? inside : { a: nested(depth - 1, inside) });

it.each<{ name: string; body: string; place: string | null | undefined }>([
  { name: 'another field', body: JSON.stringify({ jwt: token }), place: 'jwt' },
  { name: 'a field of a field', body: JSON.stringify({ data: { auth: `Bearer ${token}` } }), place: 'data.auth' },
  { name: 'a token of nobody, which is still one', body: JSON.stringify({ jwt: nobodys }), place: 'jwt' },
  { name: 'behind one of another kind', body: JSON.stringify({ csrf: foreign, jwt: token }), place: 'jwt' },
  { name: 'the first of two', body: JSON.stringify({ a: nobodys, b: token }), place: 'a' },
  { name: 'a field that a path cannot name', body: JSON.stringify({ 'a.b': token }), place: null },
  { name: 'all of it', body: `${token}\n`, place: '-' },
  { name: 'a page', body: `<p>${token}</p>`, place: null },
  { name: 'twenty deep', body: JSON.stringify(nested(20, token)), place: Array(20).fill('a').join('.') },
  { name: 'deeper', body: JSON.stringify(nested(21, token)), place: null },
  { name: 'behind a thousand others', body: JSON.stringify([...Array<string>(1000).fill('a.b'), token]), place: null },
  { name: 'none of Courier’s', body: JSON.stringify({ csrf: foreign }), place: undefined },
  { name: 'none', body: '{"ok":true}', place: undefined },
  { name: 'a hundred thousand deep', body: `${'['.repeat(100_000)}${']'.repeat(100_000)}`, place: undefined },
])('elsewhere: $name', ({ body, place }) => expect(tokenElsewhere(body)?.place).toBe(place));

it('takes no text from what is none', () => {
  expect([valueAt('{"a":{"b":"c"}}', 'a'), valueAt('null', 'a'), valueAt('{"a":"b"}', 'a.length')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
