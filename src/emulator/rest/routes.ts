import { catalogue } from '../../scopes/catalogue.js';
import { entryOf } from '../../scopes/match.js';
import { mint } from '../mint.js';
import { sign } from '../sign.js';
import { brandRoutes } from './brands.js';
import { eventRoutes } from './events.js';
import { listRoutes } from './lists.js';
import { preferenceRoutes } from './preferences.js';
import type { Route } from './route.js';
import { userTokenRoutes } from './user-tokens.js';

/** Those that Courier documents and that take no parameter: nearly all that is asked for is among them. */
const plain = new Set(catalogue.map(({ scope }) => scope));

function unknownIn(scopes: string): string[] {
  return scopes.split(/\s+/).filter((scope) => scope !== '' && !plain.has(scope) && !entryOf(scope));
}

/** Courier's REST API, as far as it is emulated. */
export const routes: Route[] = [
  {
    method: 'POST',
    path: '/auth/issue-token',
    access: { by: 'key' },
    answer: ({ body }, { now, newId, caller, because }) => {
      const answer = mint(body, { now, id: newId(), key: caller.key, sign });
      const unknown = answer.status === 200 ? unknownIn((body as { scope: string }).scope) : [];
      if (unknown.length > 0) because(`minted with unknown scopes: ${unknown.join(', ')}`);
      return answer;
    },
  },
  ...userTokenRoutes,
  ...preferenceRoutes,
  ...brandRoutes,
  ...listRoutes,
  ...eventRoutes,
];
