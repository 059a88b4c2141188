// The bare server beside the emulator: reads each request's body, and answers the same bytes whatever it says.
import { createServer } from 'node:http';

const [headers, body] = process.argv.slice(2);
const answer = { ...JSON.parse(headers), 'content-length': Buffer.byteLength(body) };
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, answer).end(body));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
