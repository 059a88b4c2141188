import { describe, expect, it } from 'vitest';
import { type KeychainAnswer, type KeychainRequest, keychain } from '../../src/environments/keychain.js';
import { rejectionOf } from '../token/failure-of.js';

/** A keychain whose process answers so; and what it was asked. */
function asked(answer: KeychainAnswer | undefined, onTerminal = false) {
  const requests: { request: KeychainRequest; timeoutMs: number }[] = [];
  const ask = async (request: KeychainRequest, timeoutMs: number) => {
    requests.push({ request, timeoutMs });
    return answer;
  };
  return { requests, keychain: keychain(ask, { onTerminal: () => onTerminal }) };
}

const actions = {
  get: {
    act: (one: ReturnType<typeof asked>) => one.keychain.get('test-1', 'test'),
    request: { action: 'get', account: 'test-1' },
  },
  set: {
    act: (one: ReturnType<typeof asked>) => one.keychain.set('test-1', 'the-key', 'test'),
    request: { action: 'set', account: 'test-1', key: 'the-key' },
  },
  remove: {
    act: (one: ReturnType<typeof asked>) => one.keychain.remove('test-1', 'test'),
    request: { action: 'remove', account: 'test-1' },
  },
};

describe.each(Object.entries(actions))('%s', (name, { act, request }) => {
  it.each([
    { onTerminal: false, timeoutMs: 3000 },
    { onTerminal: true, timeoutMs: 60_000 },
  ])('asks once, for $timeoutMs ms', async ({ onTerminal, timeoutMs }) => {
    const one = asked({ key: 'the-key' }, onTerminal);
    expect(await rejectionOf(act(one))).toEqual({ returned: name === 'get' ? 'the-key' : undefined });
    expect(one.requests).toEqual([{ request, timeoutMs }]);
  });

  it.each([
    {
      answer: undefined,
      onTerminal: false,
      expected: { code: 'keychain.timeout', facts: { name: 'test', seconds: 3 } },
    },
    {
      answer: undefined,
      onTerminal: true,
      expected: { code: 'keychain.timeout', facts: { name: 'test', seconds: 60 } },
    },
    { answer: { error: 'unavailable' as const }, expected: { code: 'keychain.unavailable', facts: { name: 'test' } } },
    {
      answer: { error: 'refused' as const, reason: 'locked' },
      expected: { code: 'keychain.refused', facts: { name: 'test', reason: 'locked' } },
    },
    {
      answer: { error: 'refused' as const },
      expected: { code: 'keychain.refused', facts: { name: 'test', reason: '' } },
    },
  ])('answer $answer, on a terminal $onTerminal', async ({ answer, onTerminal, expected }) => {
    expect(await rejectionOf(act(asked(answer, onTerminal)))).toEqual(expected);
  });
});

it.each([{ answer: {} }, { answer: { key: null } }, { answer: { key: '' } }])('no key: $answer', async ({ answer }) => {
  expect(await rejectionOf(asked(answer).keychain.get('test-1', 'test'))).toEqual({
    code: 'keychain.missing',
    facts: { name: 'test' },
  });
});
