import { describe, expect, it } from 'vitest';
import { readyText, requestLine } from '../../src/output/emulator-text.js';
import { type Paint, noPaint } from '../../src/output/paint.js';
import type { RequestEntry } from '../../src/request-entry.js';

/** Each colour by its name, around what it colours. */
const named: Paint = {
  red: (text) => `<red>${text}</red>`,
  green: (text) => `<green>${text}</green>`,
  yellow: (text) => `<yellow>${text}</yellow>`,
  dim: (text) => `<dim>${text}</dim>`,
  bold: (text) => `<bold>${text}</bold>`,
};

describe('readyText', () => {
  const url = 'http://127.0.0.1:4010';
  const apiUrls = {
    courier: { rest: url, graphql: `${url}/client/q` },
    inbox: { graphql: `${url}/q`, webSocket: 'ws://127.0.0.1:4010' },
  };
  const pasted =
    "  apiUrls: { courier: { rest: 'http://127.0.0.1:4010', graphql: 'http://127.0.0.1:4010/client/q' }, inbox: { graphql: 'http://127.0.0.1:4010/q', webSocket: 'ws://127.0.0.1:4010' } }";
  it.each([
    {
      name: 'any key',
      key: 'token_emulated',
      paint: noPaint,
      shown: url,
      more: ['  export COURIER_API_KEY=token_emulated'],
    },
    { name: 'one key, which is not shown', key: null, paint: noPaint, shown: url, more: [] },
    { name: 'painted', key: null, paint: named, shown: `<bold>${url}</bold>`, more: [] },
  ])('$name', ({ key, paint, shown, more }) => {
    expect(readyText(url, apiUrls, key, paint)).toBe(
      [
        `the emulated Courier is ready at ${shown}: Ctrl-C stops it.`,
        '',
        'for a backend, and for courier-jwt:',
        '  export COURIER_BASE_URL=http://127.0.0.1:4010',
        ...more,
        'for a front end, in signIn of @trycourier/courier-js and of what builds on it:',
        pasted,
        '',
      ].join('\n'),
    );
  });

  it('what is to be pasted is JavaScript', () => {
    const line = readyText(url, apiUrls, null, noPaint).split('\n').at(-2)!;
    // oxlint-disable-next-line typescript/no-implied-eval -- it is what a reader does with it
    expect(new Function(`return ${line.replace('  apiUrls: ', '')}`)()).toEqual(apiUrls);
  });
});

const entry: RequestEntry = {
  at: '2026-01-01T12:34:56.789Z',
  method: 'POST',
  path: '/q',
  operation: null,
  status: 200,
  user: null,
  verdict: { code: 'token.accepted' },
  reason: null,
  fault: false,
  milliseconds: 3,
};

describe('requestLine', () => {
  it.each<{ name: string; told: Partial<RequestEntry>; expected: string }>([
    { name: 'the least', told: {}, expected: '12:34:56  POST /q  200  token accepted  3 ms' },
    {
      name: 'the most',
      told: {
        operation: 'messages, count',
        user: 'alice',
        status: 401,
        verdict: { code: 'scope.missing', subject: 'x' },
      },
      expected: '12:34:56  POST /q messages, count  401  alice  the token lacks x  3 ms',
    },
    {
      name: 'a fault',
      told: { status: 503, fault: true, user: 'alice', verdict: { code: 'open' } },
      expected: '12:34:56  POST /q  503  alice  as it was told to fail  3 ms',
    },
    {
      name: 'a rate limit',
      told: { status: 429, fault: true, reason: 'over the rate limit: 1 in 1 s' },
      expected: '12:34:56  POST /q  429  over the rate limit: 1 in 1 s  3 ms',
    },
    {
      name: 'a reason',
      told: { status: 400, user: 'alice', reason: 'the body is not JSON' },
      expected: '12:34:56  POST /q  400  alice  token accepted  the body is not JSON  3 ms',
    },
    {
      name: 'a reason that is hostile, and too long',
      told: { reason: `\u001b\n::error::${'r'.repeat(150)}` },
      expected: `12:34:56  POST /q  200  token accepted  \\u{1b}\\n:\\u{3a}error:\\u{3a}${'r'.repeat(109)}…  3 ms`,
    },
    {
      name: 'no answer',
      told: { status: null, fault: true },
      expected: '12:34:56  POST /q  no answer  as it was told to fail  3 ms',
    },
    {
      name: 'what is too long',
      told: { path: `/${'p'.repeat(90)}`, operation: 'o'.repeat(90), user: 'u'.repeat(90) },
      expected: `12:34:56  POST /${'p'.repeat(79)}… ${'o'.repeat(80)}…  200  ${'u'.repeat(60)}…  token accepted  3 ms`,
    },
    {
      name: 'what is hostile',
      told: {
        method: '\u001b[1m',
        path: '/::error::',
        operation: 'a\nb',
        user: '\u202e',
        verdict: { code: 'user.mismatch', subject: '\r' },
      },
      expected: '12:34:56  \\u{1b}[1m /:\\u{3a}error:\\u{3a} a\\nb  200  \\u{202e}  the token is not for \\r  3 ms',
    },
  ])('$name', ({ told, expected }) => {
    expect(requestLine({ ...entry, ...told }, noPaint)).toBe(expected);
  });

  it.each([
    { status: 101, colour: 'green' },
    { status: 399, colour: 'green' },
    { status: 400, colour: 'yellow' },
    { status: 499, colour: 'yellow' },
    { status: 500, colour: 'red' },
    { status: null, colour: 'red' },
  ])('$status is $colour', ({ status, colour }) => {
    expect(requestLine({ ...entry, operation: 'count', status }, named)).toBe(
      `<dim>12:34:56</dim>  POST /q <bold>count</bold>  <${colour}>${status ?? 'no answer'}</${colour}>  token accepted  <dim>3 ms</dim>`,
    );
  });
});
