import { expect, it } from 'vitest';
import { noPaint } from '../../src/output/paint.js';
import { scopesText, surfacesText } from '../../src/output/scopes-text.js';

const entry = { without: 'nothing', needsUser: true, source: 'here' };
const surface = { needsUser: true, required: ['a:b', 'c'], recommended: ['d'], optional: ['e', 'f'], source: 'here' };

it('lines the scopes up with what they grant', () => {
  const entries = [
    { scope: 'a:b', grants: 'read', ...entry },
    { scope: 'longer:one', grants: 'write', ...entry },
  ];
  expect(scopesText(entries, noPaint)).toBe('a:b         read\nlonger:one  write');
});

it('lists what surfaces need', () => {
  const surfaces = [
    { id: 'inbox', title: 'the Inbox', ...surface },
    { id: 'brands', title: 'brands', ...surface, needsUser: false, recommended: [], optional: [] },
  ];
  expect(surfacesText(surfaces, noPaint).split('\n')).toEqual([
    'inbox: the Inbox',
    '  required     user_id:<id> a:b c',
    '  recommended  d',
    '  optional     e f',
    '',
    'brands: brands',
    '  required     a:b c',
  ]);
});
