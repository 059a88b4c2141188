import { expect, it } from 'vitest';
import { bodyFor, bodyWithoutUser, contentTypeOf, namesUser, queryFor, urlFor } from '../../src/probe/template.js';

const form = 'application/x-www-form-urlencoded';
const asJson = 'application/json';

it.each([
  {
    template: '{"userId":"{user}"}',
    user: 'alice',
    body: '{"userId":"alice"}',
    without: '{}',
    query: 'userId=alice',
    type: asJson,
  },
  {
    template: '{"userId":"{user}"}',
    user: 'a"b\\c\n$&',
    body: '{"userId":"a\\"b\\\\c\\n$&"}',
    without: '{}',
    query: 'userId=a%22b%5Cc%0A%24%26',
    type: asJson,
  },
  {
    template: '{"data":{"who":"user:{user}","app":"web"},"n":1}',
    user: 'alice',
    body: '{"data":{"who":"user:alice","app":"web"},"n":1}',
    without: '{"data":{"app":"web"},"n":1}',
    query: 'who=user%3Aalice',
    type: asJson,
  },
  {
    template: 'user={user}&app=web',
    user: 'a b&c',
    body: 'user=a%20b%26c&app=web',
    without: 'user=&app=web',
    query: 'user=a+b%26c',
    type: form,
  },
  { template: '{}', user: 'alice', body: '{}', without: '{}', query: '', type: asJson },
  { template: '"{user}"', user: 'alice', body: '"alice"', without: undefined, query: '', type: asJson },
  { template: '', user: 'alice', body: '', without: '', query: '', type: form },
])('$template for $user', ({ template, user, body, without, query, type }) => {
  expect([
    bodyFor(template, user),
    bodyWithoutUser(template),
    queryFor(template, user),
    contentTypeOf(template),
  ]).toEqual([body, without, query, type]);
});

it.each([
  {
    url: 'http://localhost/{user}/token?for={user}',
    expected: 'http://localhost/a%2Fb%3Fc/token?for=a%2Fb%3Fc',
    names: true,
  },
  { url: 'http://localhost/token', expected: 'http://localhost/token', names: false },
])('$url', ({ url, expected, names }) => {
  expect([urlFor(url, 'a/b?c'), namesUser(url)]).toEqual([expected, names]);
});
