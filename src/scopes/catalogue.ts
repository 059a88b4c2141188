/**
 * What Courier documents of scopes and of the surfaces that need them, as data.
 *
 * Sources: [create-a-jwt] https://www.courier.com/docs/api-reference/authentication/create-a-jwt,
 * [inbox] https://www.courier.com/docs/platform/inbox/authentication, [how-to] Courier's "How to Send a JWT from Your
 * Backend", [create] https://www.courier.com/docs/platform/create/authentication, [issues] the issues of Courier's SDKs,
 * [preferences] the README of @trycourier/courier-ui-preferences, [older] the older reference.
 */
export interface ScopeEntry {
  /** The scope; `<…>` stands for one segment of the caller's own. */
  scope: string;
  /** What a token with it may do. */
  grants: string;
  /** What is seen in the app when it is missing. */
  without: string;
  /** Whether it means nothing unless a `user_id:` stands beside it. */
  needsUser: boolean;
  /** The scope that grants this one for every brand or tenant. */
  within?: string;
  source: string;
}

export interface Surface {
  /** What `--for` takes. */
  id: string;
  title: string;
  /** Whether a `user_id:` is required too. */
  needsUser: boolean;
  required: string[];
  recommended: string[];
  /** Neither missed nor excess. */
  optional: string[];
  source: string;
}

export const catalogue: ScopeEntry[] = [
  {
    scope: 'user_id:<id>',
    grants: 'names the user; grants nothing alone',
    without: 'no user: every call about one is refused, and the Inbox stays empty',
    needsUser: false,
    source: 'create-a-jwt',
  },
  {
    scope: 'inbox:read:messages',
    grants: 'read inbox messages',
    without: 'the Inbox may be empty with no error at all, or answer 401',
    needsUser: true,
    source: 'create-a-jwt, inbox',
  },
  {
    scope: 'inbox:write:events',
    grants: 'mark messages read, archived, opened, clicked',
    without: 'messages cannot be marked read, archived or opened, and stay unread',
    needsUser: true,
    source: 'create-a-jwt, inbox',
  },
  {
    scope: 'read:messages',
    grants: 'read messages through the older API (/client/q)',
    without: 'Inbox v7 and older SDKs show no messages',
    needsUser: true,
    source: 'create-a-jwt, issues',
  },
  {
    scope: 'read:preferences',
    grants: "read the user's notification preferences",
    without: 'the preference center does not load',
    needsUser: true,
    source: 'create-a-jwt',
  },
  {
    scope: 'write:preferences',
    grants: "change the user's notification preferences",
    without: 'changes in the preference center are not saved',
    needsUser: true,
    source: 'create-a-jwt',
  },
  {
    scope: 'read:user-tokens',
    grants: "read the user's push device tokens",
    without: "the app cannot list the user's push devices",
    needsUser: true,
    source: 'create-a-jwt',
  },
  {
    scope: 'write:user-tokens',
    grants: "add and remove the user's push device tokens",
    without: 'the device is not registered, and push notifications do not arrive',
    needsUser: true,
    source: 'create-a-jwt',
  },
  {
    scope: 'read:brands',
    grants: 'read every brand',
    without: "the Inbox and the preference center show without the brand's colours and logo",
    needsUser: false,
    source: 'create-a-jwt',
  },
  {
    scope: 'read:brands:<brand_id>',
    grants: 'read one brand',
    without: 'that brand does not load',
    needsUser: false,
    within: 'read:brands',
    source: 'create-a-jwt',
  },
  {
    scope: 'write:brands',
    grants: 'change every brand',
    without: 'brands cannot be changed',
    needsUser: false,
    source: 'create-a-jwt',
  },
  {
    scope: 'write:brands:<brand_id>',
    grants: 'change one brand',
    without: 'that brand cannot be changed',
    needsUser: false,
    within: 'write:brands',
    source: 'create-a-jwt',
  },
  {
    scope: 'tenants:read',
    grants: 'Courier Create: read every tenant',
    without: 'the embedded designer does not load the tenant',
    needsUser: false,
    source: 'create',
  },
  {
    scope: 'tenants:notifications:read',
    grants: "Courier Create: read every tenant's templates",
    without: 'the embedded designer shows no templates',
    needsUser: false,
    source: 'create',
  },
  {
    scope: 'tenants:notifications:write',
    grants: "Courier Create: change every tenant's templates",
    without: 'templates cannot be saved in the embedded designer',
    needsUser: false,
    source: 'create',
  },
  {
    scope: 'tenants:brand:read',
    grants: "Courier Create: read every tenant's brand",
    without: "the embedded designer shows templates without the tenant's brand",
    needsUser: false,
    source: 'create',
  },
  {
    scope: 'tenant:<id>:read',
    grants: 'Courier Create: read one tenant',
    without: 'the embedded designer does not load that tenant',
    needsUser: false,
    within: 'tenants:read',
    source: 'create',
  },
  {
    scope: 'tenant:<id>:notification:read',
    grants: "Courier Create: read one tenant's templates",
    without: "the embedded designer shows none of that tenant's templates",
    needsUser: false,
    within: 'tenants:notifications:read',
    source: 'create',
  },
  {
    scope: 'tenant:<id>:notification:write',
    grants: "Courier Create: change one tenant's templates",
    without: "that tenant's templates cannot be saved in the embedded designer",
    needsUser: false,
    within: 'tenants:notifications:write',
    source: 'create',
  },
  {
    scope: 'tenant:<id>:brand:read',
    grants: "Courier Create: read one tenant's brand",
    without: "the embedded designer shows that tenant's templates without its brand",
    needsUser: false,
    within: 'tenants:brand:read',
    source: 'create',
  },
  {
    scope: 'tenant:<id>:brand:write',
    grants: "Courier Create: change one tenant's brand",
    without: "that tenant's brand cannot be changed in the embedded designer",
    needsUser: false,
    source: 'create',
  },
];

/** What a backend should mint, and what `check-scopes` requires unless told otherwise. */
export const defaultSurface: Surface = {
  id: 'default',
  title: "the how-to's set: what a backend should mint",
  needsUser: true,
  required: ['inbox:read:messages', 'inbox:write:events', 'read:preferences', 'write:preferences', 'read:brands'],
  recommended: [],
  optional: ['read:user-tokens', 'write:user-tokens'],
  source: 'how-to',
};

const webSdk = {
  needsUser: true,
  required: ['inbox:read:messages', 'inbox:write:events'],
  recommended: ['read:preferences', 'write:preferences', 'read:brands'],
  optional: [],
  source: 'inbox, SDK READMEs',
};

export const surfaces: Surface[] = [
  { id: 'inbox', title: 'Inbox, web SDKs v8 and later', ...webSdk },
  { id: 'toast', title: 'Toast, web SDKs v8 and later', ...webSdk },
  {
    id: 'preferences',
    title: 'the preference center',
    needsUser: true,
    required: ['read:preferences', 'write:preferences'],
    recommended: ['read:brands'],
    optional: [],
    source: 'preferences',
  },
  {
    id: 'push',
    title: 'push: mobile SDKs register device tokens',
    needsUser: true,
    required: ['write:user-tokens'],
    recommended: ['read:user-tokens'],
    optional: [],
    source: 'inbox',
  },
  {
    id: 'brands',
    title: 'brands',
    needsUser: false,
    required: ['read:brands'],
    recommended: [],
    optional: [],
    source: 'older',
  },
  {
    id: 'create',
    title: 'Courier Create, the embedded designer',
    needsUser: true,
    required: ['tenants:read', 'tenants:notifications:read', 'tenants:notifications:write'],
    recommended: ['tenants:brand:read'],
    optional: [],
    source: 'create',
  },
  {
    id: 'inbox-legacy',
    title: 'Inbox v7 and React Native',
    needsUser: true,
    required: ['inbox:read:messages', 'inbox:write:events', 'read:messages'],
    recommended: [],
    optional: [],
    source: 'issues',
  },
];
