import { describe, expect, it } from 'vitest';
import { forbidden, makeCourier, now, refused, testKey, tokenFor, unauthorized } from '../support.js';

const seed = {
  brands: [{ id: 'red', name: 'Red', settings: { colors: {} }, logo: { href: 'x' }, links: { a: 1 } }, { id: 'blue' }],
};

/** The answer, and the brands then, half an hour later; time is not in whole milliseconds. */
async function asked(call: string, as: string | undefined, body?: unknown) {
  const { ask, courier } = makeCourier({ seed, startAt: now + 0.0001 });
  courier.state.clock.advance(1800);
  const [method = '', url = ''] = call.split(' ');
  return { answer: await ask(method, url, { as, body }), brands: courier.state.worlds['test'].brands };
}

const start = 1_767_225_600_000;
const later = 1_767_227_400_000;
const stamps = { created: start, updated: start, published: start, version: '2026-01-01T00:00:00.000Z' };
const changed = { created: start, updated: later, published: later, version: '2026-01-01T00:30:00.000Z' };
const red = { id: 'red', name: 'Red', settings: { colors: {} }, snippets: null, ...stamps };
const blue = { id: 'blue', name: 'blue', settings: null, snippets: null, ...stamps };
const outside = { logo: { href: 'x', image: null }, links: { a: 1 } };
const bare = { logo: null, links: null };
const held = [
  { ...red, ...outside },
  { ...blue, ...bare },
];
const unknown = refused(404, 'Brand not found');
const ok = (body: unknown) => ({ status: 200, body });

describe('who may', () => {
  const list = ok({ paging: { cursor: null, more: false }, results: [red, blue] });
  it.each([
    { call: 'GET /brands', as: undefined, answer: unauthorized('credentials.missing') },
    { call: 'GET /brands', as: testKey, answer: list },
    { call: 'GET /brands', as: tokenFor('read:brands'), answer: list },
    {
      call: 'GET /brands',
      as: tokenFor('read:brands:red write:brands'),
      answer: forbidden('scope.missing read:brands'),
    },
    { call: 'GET /brands/red', as: testKey, answer: ok(red) },
    { call: 'GET /brands/red', as: tokenFor('read:brands'), answer: ok(red) },
    { call: 'GET /brands/red', as: tokenFor('read:brands:red'), answer: ok(red) },
    { call: 'GET /brands/red', as: tokenFor('read:brands:blue'), answer: forbidden('scope.missing read:brands:red') },
    { call: 'GET /brands/none', as: tokenFor('read:brands'), answer: unknown },
    {
      call: 'POST /brands',
      as: tokenFor('read:brands write:brands:red'),
      answer: forbidden('scope.missing write:brands'),
    },
    { call: 'PUT /brands/red', as: tokenFor('read:brands'), answer: forbidden('scope.missing write:brands:red') },
    { call: 'DELETE /brands/red', as: tokenFor('read:brands'), answer: forbidden('scope.missing write:brands:red') },
  ])('$call', async ({ call, as, answer }) => {
    expect(await asked(call, as, {})).toEqual({ answer, brands: held });
  });
});

describe('POST', () => {
  const made = {
    created: later,
    updated: later,
    published: later,
    version: '2026-01-01T00:30:00.000Z',
    settings: null,
    snippets: null,
    name: 'New',
  };
  const newId = '00000000-0000-4000-8000-000000000001';
  it.each([
    { body: { name: 'New' }, made: { ...made, id: newId } },
    { body: { name: 'New', id: null }, made: { ...made, id: newId } },
    {
      body: { name: 'New', id: 'new', settings: { a: 1 }, snippets: { items: [] }, more: 1 },
      made: { ...made, id: 'new', settings: { a: 1 }, snippets: { items: [] } },
    },
  ])('$body', async ({ body, made: brand }) => {
    expect(await asked('POST /brands', tokenFor('write:brands'), body)).toEqual({
      answer: ok(brand),
      brands: [...held, { ...brand, ...bare }],
    });
  });

  it.each([
    { body: { name: 'New', id: 'red' }, answer: refused(409, 'there is a brand red already') },
    ...['', 'a:b', 'a b', 'a\u00a0b'].map((id) => ({
      body: { name: 'New', id },
      answer: refused(400, `id: Invalid format: Expected /^[^:\\s]+$/ but received ${JSON.stringify(id)}`),
    })),
    { body: {}, answer: refused(400, 'name is missing') },
    { body: { name: '' }, answer: refused(400, 'name: Invalid length: Expected !0 but received 0') },
    { body: { name: 'New', settings: 5 }, answer: refused(400, 'settings: Invalid type: Expected Object') },
    { body: { name: 'New', snippets: [] }, answer: refused(400, 'snippets: Invalid type: Expected Object') },
    { body: [{ name: 'New' }], answer: refused(400, 'it must be an object') },
    { body: 'null', answer: refused(400, 'Invalid type: Expected Object but received null') },
  ])('not $body', async ({ body, answer }) => {
    expect(await asked('POST /brands', testKey, body)).toEqual({ answer, brands: held });
  });
});

describe('PUT and DELETE', () => {
  const rose = { ...red, name: 'Rose', settings: null, ...changed };
  it.each([
    {
      name: 'changes one',
      call: 'PUT /brands/red',
      body: { name: 'Rose', id: 'ignored' },
      answer: ok(rose),
      brands: [{ ...rose, ...outside }, held[1]],
    },
    { name: 'not an unknown one', call: 'PUT /brands/none', body: { name: 'Rose' }, answer: unknown, brands: held },
    {
      name: 'not to nothing',
      call: 'PUT /brands/red',
      body: { settings: null },
      answer: refused(400, 'name is missing'),
      brands: held,
    },
    { name: 'removes one', call: 'DELETE /brands/red', body: undefined, answer: { status: 204 }, brands: [held[1]] },
    { name: 'removes no unknown one', call: 'DELETE /brands/none', body: undefined, answer: unknown, brands: held },
  ])('$name', async ({ call, body, answer, brands }) => {
    expect(await asked(call, tokenFor('write:brands'), body)).toEqual({ answer, brands });
  });
});
