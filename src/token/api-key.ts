/**
 * What has the shape of an API key. Not `token_type` or `push_token_…`: a new key is long, random and begins so. Source: Courier's API keys.
 */
export const apiKeyPattern = /(?:[pd]k_(?:prod|test)_[\w-]{4,}|(?<![A-Za-z0-9]_)token_(?=[a-z]*[A-Z0-9])[\w-]{12,})/;
