// What people write to look through many tokens: reads a file of them, a line each.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { jwtDecode } from 'jwt-decode';

let scoped = 0;
for await (const line of createInterface({ input: createReadStream(process.argv[2]) }))
  if (jwtDecode(line).scope) scoped += 1;
console.log(scoped);
