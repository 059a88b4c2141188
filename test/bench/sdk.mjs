// One mint through the official SDK: what a script of one's own would cost.
import Courier from '@trycourier/courier';

const [baseURL, scope] = process.argv.slice(2);
const client = new Courier({ apiKey: 'pk_test_BENCHMARK0000000000000000000', baseURL });
const { token } = await client.auth.issueToken({ scope, expires_in: '1d' });
console.log(token);
