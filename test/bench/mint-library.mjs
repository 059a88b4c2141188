// `issueTokens` for a file of users, a line each. The key and the URL are those of the SDK, in its environment.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { issueTokens } from 'courier-jwt';

const { COURIER_API_KEY: apiKey, COURIER_BASE_URL: baseUrl } = process.env;
const users = createInterface({ input: createReadStream(process.argv[2]) });
for await (const result of issueTokens(users, { apiKey, baseUrl })) {
  if ('error' in result) throw new Error(result.error.message);
  console.log(JSON.stringify(result));
}
