// The endpoint of `backend.js`, before a Courier in-process.
import { createServer } from 'node:http';
import { createTokenHandler } from 'courier-jwt/backend';
import { createEmulator } from 'courier-jwt/emulator';

const sessions = new Map([['sid=c2Vzc2lvbi1vZi1hbGljZQ', 'alice']]);
const handler = createTokenHandler({
  apiKey: 'pk_test_BENCHMARK0000000000000000000',
  authenticate: (_, { headers }) => sessions.get(headers.cookie),
  cache: true,
  transport: createEmulator().transport,
});
const server = createServer(handler.node);
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
