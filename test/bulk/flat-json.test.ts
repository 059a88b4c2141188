import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatJson } from '../../src/bulk/flat-json.js';
import type { JsonObject } from '../../src/token/decode.js';

const written = (json: string) => flatJson(JSON.parse(json) as JsonObject, json);

describe('is what JSON.stringify makes of what was parsed', () => {
  it.each([
    '{}',
    '{"scope":"user_id:alice read:brands","iat":1767225600}',
    '{"a":"x","a":"y"}',
    '{"a":"x","b":"z","a":"yyyyyyyyyyyyyyy"}',
    '{"a": 1}',
    '{"a":1.0}',
    '{"a":1e3, "b":1}',
    '{"a":-0,"b":0}',
    '{"a":12345678901234567890}',
    '{"b":1,"1":2}',
    '{"__proto__":"x"}',
    '{"a":"\\u0041","b":"\\/"}',
    '{"a":"ü"}',
    '{"a":{"b":[1, 2]},"c":null,"d":true}',
  ])('%s', (json) => {
    expect(written(json)).toBe(JSON.stringify(JSON.parse(json)));
  });

  it('however it is written', () => {
    const key = fc.constantFrom('"a"', '"scope"', '"a_b"', '"1"', '"__proto__"', '"\\u0061"');
    const value = fc.constantFrom(
      '"x"',
      '""',
      '"a,b"',
      '1',
      '10',
      '1.0',
      '1e1',
      '0',
      '-1',
      'null',
      '"\\u0041"',
      '{"a":1}',
    );
    const space = fc.constantFrom('', '', '', ' ', '\n');
    const member = fc
      .tuple(space, key, space, value)
      .map(([before, name, after, is]) => `${before}${name}:${after}${is}`);
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), (members) => {
        const json = `{${members.join(',')}}`;
        expect(written(json)).toBe(JSON.stringify(JSON.parse(json)));
      }),
      { numRuns: 5000 },
    );
  });
});
