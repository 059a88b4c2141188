/**
 * What has the shape of an API key. Not `token_type`: a new key is long and random. Source: Courier's API keys.
 */
export const apiKeyPattern = /(?:[pd]k_(?:prod|test)_[\w-]{4,}|token_(?=[a-z]*[A-Z0-9])[\w-]{12,})/;
