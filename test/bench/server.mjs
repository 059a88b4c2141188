// Courier for the benchmark, over http and https: answers every request with the same token. Prints its URLs, and ends
// with its stdin; then the benchmark's folder goes too.
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

const [folder, certificate, certificateKey, token] = process.argv.slice(2);

const servers = {
  http: createServer(answer),
  https: createTlsServer({ cert: readFileSync(certificate), key: readFileSync(certificateKey) }, answer),
};
const urls = await Promise.all(Object.entries(servers).map(listen));
console.log(JSON.stringify(Object.fromEntries(urls)));

process.stdin.resume().on('end', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});

function answer(request, response) {
  request.resume().on('end', () => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ token }));
  });
}

async function listen([scheme, server]) {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return [scheme, `${scheme}://127.0.0.1:${server.address().port}`];
}
