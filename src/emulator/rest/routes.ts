import { mint } from '../mint.js';
import { sign } from '../sign.js';
import { brandRoutes } from './brands.js';
import { eventRoutes } from './events.js';
import { listRoutes } from './lists.js';
import { preferenceRoutes } from './preferences.js';
import type { Route } from './route.js';
import { userTokenRoutes } from './user-tokens.js';

/** Courier's REST API, as far as it is emulated. */
export const routes: Route[] = [
  {
    method: 'POST',
    path: '/auth/issue-token',
    access: { by: 'key' },
    answer: ({ body }, { now, newId, caller }) => mint(body, { now, id: newId(), key: caller.key, sign }),
  },
  ...userTokenRoutes,
  ...preferenceRoutes,
  ...brandRoutes,
  ...listRoutes,
  ...eventRoutes,
];
