// What people write to mint for many: reads a file of users, a line each. It finds the key and the URL in its environment.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import Courier from '@trycourier/courier';
import pLimit from 'p-limit';

const [path, scopes] = process.argv.slice(2);
const courier = new Courier();
const limit = pLimit(64);
const minted = [];
for await (const user of createInterface({ input: createReadStream(path) })) minted.push(limit(mint, user));
await Promise.all(minted);

async function mint(user) {
  const { token } = await courier.auth.issueToken({ scope: `user_id:${user} ${scopes}`, expires_in: '1d' });
  console.log(JSON.stringify({ user, token }));
}
