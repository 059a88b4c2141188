import { expect, it } from 'vitest';
import { defaultSurface } from '../../src/scopes/catalogue.js';
import { snippetFor, snippets } from '../../src/snippets/index.js';
import { languages } from '../../src/snippets/languages.js';

const howTo = defaultSurface.required;

it.each(languages)("%s: the how-to's scopes stand in it once, and others are put in their place", (language) => {
  const { text, ...snippet } = snippets[language];
  const [before, after, ...more] = text.split(howTo.join(' '));
  expect(more).toEqual([]);
  expect(snippetFor({ language, scopes: howTo })).toEqual({ ...snippet, text });
  expect(snippetFor({ language, scopes: ['read:brands', 'read:preferences'] })).toEqual({
    ...snippet,
    text: `${before}read:brands read:preferences${after}`,
  });
});
