// Courier for `mint.js`: mints for whoever is named, signed with nobody's key, after so many milliseconds. GET answers when each
// 64th token since the last GET was handed out, in milliseconds since the epoch.
import { createServer } from 'node:http';

const delayMs = Number(process.argv[2]);
const every = 64;
const signature = 'IHnpaxc1d4zIDwb2SE4iKjaYCfoEAYTPGFC7P7aAyEc';
const header = base64url('{"alg":"HS256","typ":"JWT"}');
const iat = Math.floor(Date.now() / 1000);
const others = JSON.stringify({
  tenant_scope: 'published/test',
  tenant_id: '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a/test',
  iat,
  exp: iat + 86_400,
  jti: '1d147734-9838-4690-8027-f57a126b6968',
}).slice(1);

let count = 0;
let times = [];

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    // Kept, it would be closed while the benchmark waits for a process and does not look.
    response.writeHead(200, { connection: 'close' }).end(JSON.stringify(times));
    [count, times] = [0, []];
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    if (delayMs === 0) answer(response, body);
    else setTimeout(answer, delayMs, response, body);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));

function answer(response, body) {
  const payload = base64url(`{"scope":${JSON.stringify(JSON.parse(body).scope)},${others}`);
  const text = `{"token":"${header}.${payload}.${signature}"}`;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
  count += 1;
  if (count % every === 0) times.push(Date.now());
}

function base64url(text) {
  return Buffer.from(text).toString('base64url');
}
