import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mint } from '../../src/emulator/mint.js';
import { Failure } from '../../src/errors.js';
import { findToken } from '../../src/token/find.js';
import { sign } from '../support/courier-server.js';
import { failureOf } from './failure-of.js';

const hs256 = { alg: 'HS256', typ: 'JWT' };
const claims = {
  scope: 'user_id:alice inbox:read:messages read:brands',
  tenant_scope: 'published/test',
  tenant_id: '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a/test',
  iat: 1_767_225_600,
  exp: 1_767_312_000,
};
const token = sign(claims);
const [header, payload, signature] = token.split('.') as [string, string, string];
const found = { raw: token, header: hs256, payload: claims, signature, doubledBearer: false, local: false };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const wrapped = (lineBreak: string) => token.match(/.{1,64}/g)!.join(lineBreak);

describe('the one token in any text', () => {
  it.each([
    { name: 'bare', text: token },
    { name: 'with white space around it', text: `\n\t ${token} \r\n` },
    { name: 'Bearer', text: `Bearer ${token}` },
    { name: 'bearer in lower case', text: `bearer ${token}` },
    { name: 'a header line', text: `Authorization: Bearer ${token}` },
    {
      name: 'a header line among others',
      text: `Host: api.courier.com\r\nAuthorization: Bearer ${token}\r\nAccept: */*\r\n`,
    },
    {
      name: 'a curl command',
      text: `curl 'https://api.courier.com/client/q' \\\n  -H 'authorization: Bearer ${token}' \\\n  --data-raw '{"query":"{}"}'`,
    },
    { name: 'JSON', text: JSON.stringify({ token, type: 'jwt' }) },
    { name: 'pretty JSON', text: JSON.stringify({ token }, null, 2) },
    {
      name: 'JSON inside a HAR',
      text: JSON.stringify({ log: { entries: [{ response: { content: { text: JSON.stringify({ token }) } } }] } }),
    },
    { name: 'after a line break in JSON', text: JSON.stringify({ log: `issued\n${token}\nend` }) },
    { name: 'after a tab in JSON', text: JSON.stringify(`a\t${token}\tb`) },
    { name: 'an .env line', text: `PORT=3000\nCOURIER_JWT=${token}\n` },
    { name: 'a quoted .env line', text: `COURIER_JWT="${token}"` },
    { name: 'an export line', text: `export COURIER_JWT='${token}'` },
    { name: 'JavaScript', text: `courier.shared.signIn({ userId: "alice", jwt: \`${token}\` });` },
    { name: 'single quotes', text: `'${token}'` },
    { name: 'double quotes', text: `"${token}"` },
    { name: 'typographic quotes', text: `“${token}”` },
    { name: 'a dot after it', text: `The token is ${token}.` },
    { name: 'an ellipsis of dots after it', text: `${token}...` },
    { name: 'a comma after it', text: `${token}, and so on` },
    { name: 'brackets', text: `<${token}>` },
    { name: 'Markdown', text: `[token](${token})` },
    { name: 'a query string', text: `https://example.com/?jwt=${token}&user=alice#top` },
    { name: 'Bearer%20', text: `Authorization=Bearer%20${token}&x=1` },
    { name: 'a percent-encoded quote around it', text: `token=%22${token}%22` },
    { name: 'a word run into it', text: `jwt_${token}` },
    { name: 'wrapped over lines', text: wrapped('\n') },
    { name: 'wrapped over Windows lines', text: wrapped('\r\n') },
    { name: 'wrapped and indented', text: wrapped('\n    ') },
    { name: 'wrapped after Bearer', text: `Bearer ${wrapped('\n')}\n` },
    { name: 'wrapped within its signature', text: `${token.slice(0, -10)}\n${token.slice(-10)}` },
    { name: 'a byte order mark before it', text: `\uFEFF${token}` },
    { name: 'a line of words before it', text: `here is the token\n${token}` },
    { name: 'the user in the line before it', text: `alice\n${token}\n` },
    { name: 'a word in the line after it', text: `${token}\nthanks` },
    { name: 'the same token twice', text: `${token} ${token}` },
    { name: 'the same token on two lines', text: `${token}\n${token}\n` },
    { name: 'another JWT before it, with only a dot between', text: `${sign({ sub: '1' })}.${token}.` },
    { name: 'words with dots after it', text: `${token}.and.more` },
    { name: 'Bearer twice somewhere else', text: `not: the bearer bearer format. Authorization: Bearer ${token}` },
    { name: 'an API key beside it', text: `COURIER_API_KEY=pk_test_ABCDEFGHIJKLMNOP\nCOURIER_JWT=${token}` },
  ])('$name', ({ text }) => {
    expect(findToken(text)).toEqual(found);
  });

  it.each([
    { name: 'Bearer Bearer', text: `Bearer Bearer ${token}` },
    { name: 'bearer BEARER', text: `authorization: bearer BEARER ${token}` },
    { name: 'Bearer: Bearer', text: `Bearer: Bearer ${token}` },
    { name: 'over lines', text: `Bearer Bearer ${wrapped('\n')}` },
    { name: 'in the second of two places', text: `Bearer ${token}\nBearer Bearer ${token}` },
  ])('a doubled Bearer is told: $name', ({ text }) => {
    expect(findToken(text)).toEqual({ ...found, doubledBearer: true });
  });

  it('knows one that the embedded Courier signed', () => {
    const { body } = mint({ scope: claims.scope, expires_in: '1d' }, { now: 1_767_225_600, id: 'an-id' });
    const raw = String(body.token);
    const payloadOfLocal = {
      scope: claims.scope,
      tenant_scope: 'published/test',
      tenant_id: '00000000-0000-4000-8000-c0041e410ca1/test',
      iat: 1_767_225_600,
      exp: 1_767_312_000,
      jti: 'an-id',
    };
    expect(findToken(`Bearer ${raw}`)).toEqual({
      raw,
      header: hs256,
      payload: payloadOfLocal,
      signature: raw.split('.')[2],
      doubledBearer: false,
      local: true,
    });
  });

  it('adds no word of the next line to a short signature', () => {
    const raw = `${header}.${payload}.c2ln`;
    expect(findToken(`${raw}\nthanks`)).toEqual({ ...found, raw, signature: 'c2ln' });
  });

  it('takes a header with white space in its JSON', () => {
    const raw = `${Buffer.from('{ "alg": "HS256" }').toString('base64url')}.${payload}.${signature}`;
    expect(findToken(`Bearer ${raw}`)).toEqual({ ...found, raw, header: { alg: 'HS256' } });
  });
});

describe('of several tokens', () => {
  const google = sign({ iss: 'https://accounts.google.com', sub: '1', exp: 1 }, { alg: 'RS256', kid: 'k' });
  const oauth = sign({ iss: 'https://example.com', scope: 'openid email' });
  const justUser = sign({ scope: 'user_id:alice' });

  it.each([
    { name: 'the one with scopes before one without', text: `${google} ${token}`, expected: token },
    { name: 'Courier before another with a scope claim', text: `${oauth} ${token}`, expected: token },
    {
      name: 'one that names a user before another with a scope claim',
      text: `${oauth} ${justUser}`,
      expected: justUser,
    },
    { name: 'a scope claim before none', text: `${google} ${oauth}`, expected: oauth },
    { name: 'a whole one before one that is cut short', text: `${header}.${payload}\n${token}`, expected: token },
    {
      name: 'a readable one before an unreadable one',
      text: `${header}.${part([1])}.${signature} ${google}`,
      expected: google,
    },
    { name: 'any JWT where there is no other', text: `Bearer ${google}`, expected: google },
  ])('$name', ({ text, expected }) => {
    expect(findToken(text).raw).toBe(expected);
  });

  it('two different ones of Courier are ambiguous', () => {
    const bob = sign({ scope: 'user_id:bob user_id:carol', tenant_scope: 'published/test' });
    expect(failureOf(() => findToken(`${token}\n${google}\n${bob}\n${token}`))).toEqual({
      code: 'token.ambiguous',
      facts: {
        candidates: [
          { users: ['alice'], expiresAt: '2026-01-02T00:00:00Z', place: 1 },
          { users: ['bob', 'carol'], expiresAt: null, place: 2 },
        ],
      },
    });
  });

  it('two different ones of another service are ambiguous too', () => {
    expect(failureOf(() => findToken(`${google} ${sign({ sub: '2', exp: 1e20 })}`))).toEqual({
      code: 'token.ambiguous',
      facts: {
        candidates: [
          { users: [], expiresAt: '1970-01-01T00:00:01Z', place: 1 },
          { users: [], expiresAt: null, place: 2 },
        ],
      },
    });
  });
});

describe('what is no token is named for what it is', () => {
  const cut = (segments: number, inside: string) => ({ code: 'token.cut-short', facts: { segments, inside } });
  const none = (bytes: number, binary = false) => ({ code: 'token.none', facts: { bytes, binary } });
  const apiKey = (prefix: string) => ({ code: 'token.api-key', facts: { prefix } });
  const wrongPart = (which: string, problem: string) => ({ code: 'token.part', facts: { part: which, problem } });
  const unsigned = (algorithm: string) => ({ code: 'token.unsigned', facts: { algorithm } });
  const encrypted = `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.c2VjcmV0.aXY.dGV4dA.dGFn`;

  it.each([
    { name: 'a published production key', text: 'pk_prod_ABCDEFGHIJKLMNOP', expected: apiKey('pk_prod_') },
    { name: 'a draft production key', text: 'dk_prod_ABCDEFGHIJKLMNOP', expected: apiKey('dk_prod_') },
    { name: 'a published test key', text: 'Bearer pk_test_ABCDEFGHIJKLMNOP', expected: apiKey('pk_test_') },
    { name: 'a draft test key', text: 'KEY=dk_test_ABCDEFGHIJKLMNOP', expected: apiKey('dk_test_') },
    { name: 'a new key', text: 'token_ABCDEFGHIJKLMNOP', expected: apiKey('token_') },
    { name: 'a client key', text: 'ck_ABCDEFGHIJKLMNOP', expected: { code: 'token.client-key', facts: {} } },
    { name: 'the header alone', text: header, expected: cut(1, 'header') },
    { name: 'half a header', text: `Bearer ${header.slice(0, 15)}`, expected: cut(1, 'header') },
    { name: 'the header and a dot', text: `${header}.`, expected: cut(1, 'payload') },
    { name: 'half a payload', text: `${header}.${payload.slice(0, 21)}`, expected: cut(2, 'payload') },
    { name: 'no signature', text: `${header}.${payload}`, expected: cut(2, 'signature') },
    {
      name: 'no signature, white space in the header',
      text: `${Buffer.from('{ "alg": "HS256" }').toString('base64url')}.${payload}`,
      expected: cut(2, 'signature'),
    },
    // No signature is made up of what stands on several lines.
    { name: 'two wrapped tokens', text: `${wrapped('\n')}\n${wrapped('\n')}`, expected: cut(2, 'payload') },
    {
      name: 'a wrapped token and more than a token has',
      text: `${wrapped('\n')},\nand so on`,
      expected: cut(2, 'payload'),
    },
    { name: 'an empty signature', text: `${header}.${payload}.`, expected: cut(2, 'signature') },
    { name: 'a payload that is starred out', text: `${header}.****.${signature}`, expected: cut(1, 'payload') },
    {
      name: 'the cut token of an OAuth answer, with its token_type',
      text: JSON.stringify({ access_token: header.slice(0, 20), token_type: 'Bearer' }),
      expected: cut(1, 'header'),
    },
    { name: 'an OAuth answer without a token', text: '{"access_token":"","token_type":"Bearer"}', expected: none(41) },
    { name: 'alg none', text: `${part({ alg: 'none' })}.${payload}.`, expected: unsigned('none') },
    { name: 'alg NONE, two parts', text: `${part({ alg: 'NONE' })}.${payload}`, expected: unsigned('NONE') },
    { name: 'the shortest header, no signature', text: `eyJhIjoxfQ.${payload}`, expected: unsigned('') },
    { name: 'no alg at all', text: `${part({ typ: 'JWT' })}.${payload}.`, expected: unsigned('') },
    {
      name: 'an alg that is no text',
      text: `${part({ alg: { toString: 1 } })}.${payload}.`,
      expected: cut(2, 'signature'),
    },
    { name: 'an encrypted token', text: encrypted, expected: { code: 'token.encrypted', facts: {} } },
    {
      name: 'an encrypted token with its key left out',
      text: `${part({ alg: 'dir', enc: 'A256GCM' })}..aXY.dGV4dA.dGFn`,
      expected: { code: 'token.encrypted', facts: {} },
    },
    {
      name: 'an encrypted token and a full stop',
      text: `It is ${encrypted}.`,
      expected: { code: 'token.encrypted', facts: {} },
    },
    {
      name: 'an array as payload',
      text: `${header}.${part(['a'])}.${signature}`,
      expected: wrongPart('payload', 'array'),
    },
    { name: 'null as payload', text: `${header}.${part(null)}.${signature}`, expected: wrongPart('payload', 'null') },
    {
      name: 'a number as payload',
      text: `${header}.${part(1)}.${signature}`,
      expected: wrongPart('payload', 'not-an-object'),
    },
    {
      name: 'a string as payload',
      text: `${header}.${part('a')}.${signature}`,
      expected: wrongPart('payload', 'not-an-object'),
    },
    {
      name: 'a payload that lost its beginning',
      text: `${header}.${payload.slice(4)}.${signature}`,
      expected: wrongPart('payload', 'json'),
    },
    {
      name: 'a payload that is no base64url',
      text: `${header}.${payload.slice(2)}.${signature}`,
      expected: wrongPart('payload', 'base64url'),
    },
    {
      name: 'a header that lost its beginning',
      text: `${header.slice(4)}.${payload}.${signature}`,
      expected: wrongPart('header', 'json'),
    },
    { name: 'a word', text: 'hello', expected: none(5) },
    { name: 'one byte', text: 'a', expected: none(1) },
    { name: 'nothing', text: '', expected: none(0) },
    { name: 'white space', text: ' \n', expected: none(2) },
    { name: 'bytes, not characters', text: 'é€', expected: none(5) },
    { name: 'words with dots', text: 'www.courier.com and package.json', expected: none(32) },
    { name: 'a word with ck_ in it', text: 'stack_trace', expected: none(11) },
    { name: 'a UUID', text: '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a', expected: none(36) },
    { name: 'NUL', text: 'a\0b', expected: none(3, true) },
    { name: 'bytes of no encoding', text: 'PNG\uFFFD', expected: none(4, true) },
  ])('$name', ({ text, expected }) => {
    expect(failureOf(() => findToken(text))).toEqual(expected);
  });
});

describe('ten megabytes', () => {
  const size = 10_000_000;
  it.each([
    { name: 'a', unit: 'a', expected: 'token.none' },
    { name: 'eyJ', unit: 'eyJ', expected: 'token.cut-short' },
    { name: 'dots', unit: '.', expected: 'token.none' },
    { name: 'eyJ and dots', unit: 'eyJ.', expected: 'token.none' },
    { name: 'one letter after the next, each a header to be', unit: 'eyJhbGciOiJ.', expected: 'token.cut-short' },
    { name: 'bearer', unit: 'bearer ', expected: 'token.none' },
    { name: 'lines', unit: 'a\n', expected: 'token.none' },
    { name: 'words just too short for a header', unit: 'eyJhIjoxf. ', expected: 'token.cut-short' },
    { name: 'white space after bearer', unit: 'bearer'.padEnd(size), expected: 'token.none' },
    { name: 'underscores', unit: 'token_ ', expected: 'token.none' },
  ])('of $name are read in no time', ({ unit, expected }) => {
    expect(failureOf(() => findToken(unit.repeat(Math.ceil(size / unit.length))))).toMatchObject({ code: expected });
  });

  it('of text around it do not hide a token', () => {
    const noise = 'x.y '.repeat(size / 8);
    expect(findToken(`${noise}${token} ${noise}`)).toEqual(found);
  });

  it('of different tokens are ambiguous', () => {
    const many = Array.from({ length: size / 50 }, (_, i) => `eyJhIjoxfQ.eyJhIjoxfQ.${i}`).join(' ');
    expect(failureOf(() => findToken(many))).toMatchObject({ code: 'token.ambiguous' });
  });
});

describe('whatever the text', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom('eyJ', '.', 'e30', ' ', '\n', 'Bearer ', 'token_', header, payload, signature),
      maxLength: 30,
    }),
  );

  it('finds a token that stands apart in it', () => {
    // What touches the token must be no character of a token's own, and no word must stand before it on a line alone.
    const around = fc.string({ unit: 'binary', maxLength: 100 }).map((text) => text.replaceAll('eyJ', ''));
    fc.assert(
      fc.property(around, around, (before, after) => {
        expect(findToken(`${before} "${token}" ${after}`)).toMatchObject({ raw: token, payload: claims });
      }),
    );
  });

  it('finds a token on a line of its own among lines of words', () => {
    const words = fc.array(fc.stringMatching(/^[a-z][a-z ]{0,20}$/), { maxLength: 3 });
    fc.assert(
      fc.property(words, words, (before, after) => {
        expect(findToken([...before, token, ...after].join('\n')).raw).toBe(token);
      }),
    );
  });

  it('finds a token that is wrapped anywhere', () => {
    const breaks = fc.array(fc.nat(token.length), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        breaks,
        fc.constantFrom('\n', '\r\n', '\n  '),
        fc.constantFrom('', 'Bearer '),
        (places, lineBreak, before) => {
          const text = Array.from(token)
            .map((letter, i) => (places.includes(i) ? lineBreak + letter : letter))
            .join('');
          expect(findToken(before + text)).toEqual(found);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('throws nothing but a Failure of the token family', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(failuresOnly(() => findToken(text))).toMatch(/^(?:a token|token\.[a-z-]+)$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('throws nothing but a Failure of the token family for a mutated token', () => {
    const mutation = fc.record({
      at: fc.nat(token.length),
      drop: fc.nat(20),
      put: fc.string({ unit: 'binary', maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const mutated = mutations.reduce(
          (text, { at, drop, put }) => text.slice(0, at) + put + text.slice(at + drop),
          token,
        );
        expect(failuresOnly(() => findToken(mutated))).toMatch(/^(?:a token|token\.[a-z-]+)$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('throws nothing but a Failure whatever JSON the parts are', () => {
    const awkward = fc.dictionary(fc.constantFrom('toString', 'valueOf', 'toJSON'), fc.constant(1));
    const head = fc.dictionary(fc.constantFrom('alg', 'enc', 'x'), fc.oneof(fc.jsonValue(), awkward));
    fc.assert(
      fc.property(head, fc.oneof(fc.jsonValue(), awkward), fc.constantFrom('', 'c2ln'), (fields, body, end) => {
        const text = `${part({ typ: 'JWT', ...fields })}.${part(body)}.${end}`;
        expect(failuresOnly(() => findToken(text))).toMatch(/^(?:a token|token\.[a-z-]+)$/);
      }),
      { numRuns: 1000 },
    );
  });
});

/** `a token`, or the code of the Failure; anything else that is thrown stays thrown. */
function failuresOnly(work: () => unknown): string {
  try {
    work();
    return 'a token';
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}
