import { expect, it } from 'vitest';
import { leaksIn } from '../../src/probe/leaks.js';

const trace = ['stack-trace'];

it.each<{ text: string; leaks: string[] }>([
  {
    text: 'SyntaxError: Unexpected token\n    at parse (/srv/app/node_modules/body-parser/lib/types/json.js:92:19)',
    leaks: ['stack-trace', 'error-text'],
  },
  { text: '<pre>Error: no<br> &nbsp; &nbsp;at Layer.handle (C:\\app\\index.js:10:5)</pre>', leaks: trace },
  { text: '    at file:///srv/app.mjs:3:1', leaks: trace },
  { text: '    at async node:internal/process/task_queues:95:5', leaks: trace },
  { text: 'Traceback (most recent call last):', leaks: trace },
  { text: 'File &quot;/srv/app.py&quot;, line 12, in view', leaks: trace },
  { text: '<title>TypeError // Werkzeug Debugger</title>', leaks: ['stack-trace', 'error-text'] },
  {
    text: '<pre>java.lang.IllegalStateException: no key\n\tcom.example.JwtController.mint(JwtController.java:42)\n</pre>',
    leaks: ['stack-trace', 'error-text'],
  },
  {
    text: '"trace":"java.lang.NullPointerException\\n\\tat com.example.JwtController.mint(JwtController.java:42)"',
    leaks: ['stack-trace', 'error-text'],
  },
  { text: '{"exception":"ErrorException","file":"\\/var\\/www\\/app.php","line":12}', leaks: trace },
  { text: '#0 /var/www/html/index.php(12): mint()', leaks: trace },
  {
    text: '<b>Warning</b>: Undefined array key "userId" in <b>/var/www/a.php</b> on line <b>3</b>',
    leaks: ['stack-trace', 'error-text'],
  },
  { text: "app/controllers/jwt_controller.rb:12:in `create'", leaks: trace },
  { text: '   at App.Jwt.Mint(String id) in /src/Jwt.cs:line 12', leaks: trace },
  { text: 'goroutine 1 [running]:', leaks: trace },
  { text: JSON.stringify({ error: '{"message":"no","type":"invalid_request_error"}' }), leaks: ['courier-error'] },
  { text: JSON.stringify({ error: JSON.stringify({ error: 'File "/srv/app.py", line 3' }) }), leaks: trace },
  { text: `${'x'.repeat(200_000)}\n    at /srv/app.js:1:2`, leaks: trace },
  { text: `${'x'.repeat(900_000)} pk_prod_ABCDEFGHIJKLMNOPQRST`, leaks: ['api-key'] },
  { text: '{"error":"The request body is not valid JSON"}', leaks: [] },
  { text: `"userId" is not valid JSON`, leaks: ['error-text'] },
  { text: "Cannot destructure property 'userId' of 'req.body' as it is undefined.", leaks: ['error-text'] },
  { text: "'NoneType' object has no attribute 'get'", leaks: ['error-text'] },
  { text: 'connect ECONNREFUSED 127.0.0.1:443', leaks: ['error-text'] },
  { text: "undefined method `[]' for nil:NilClass", leaks: ['error-text'] },
  { text: '{"message":"Unauthorized","type":"authentication_error"}', leaks: ['courier-error'] },
  { text: '{"error":"Courier API error: 400 Bad Request"}', leaks: ['courier-error'] },
  { text: 'POST https://api.courier.com/auth/issue-token failed', leaks: ['courier-error'] },
  { text: 'Authorization: Bearer pk_prod_ABCDEFGH12345678', leaks: ['api-key'] },
  { text: 'the key is opaque-key-of-ours-123', leaks: ['api-key'] },
  // What a sound endpoint may say.
  { text: '{"error":"Unauthorized"}', leaks: [] },
  { text: '{"error":"Invalid userId","code":"user.invalid"}', leaks: [] },
  { text: '{"token":"eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6IiJ9.c2ln","expiresIn":"1d"}', leaks: [] },
  { text: '<!doctype html><title>Sign in</title><p>Meet at 10:30:15 in /about', leaks: [] },
  { text: '{"type":"error","message":"User not found at courier.com"}', leaks: [] },
  { text: 'set-cookie: csrf_token_=abc', leaks: [] },
])('$text', ({ text, leaks }) => {
  expect(leaksIn(text, ['opaque-key-of-ours-123'])).toEqual(leaks);
});

it.each([
  { name: 'spaces', text: `at ${' '.repeat(100_000)}` },
  { name: 'parts of traces', text: 'at (/a'.repeat(20_000) },
  { name: 'quotes', text: 'File "'.repeat(20_000) },
  { name: 'dots', text: `at ${'a.'.repeat(50_000)}(` },
  { name: 'numbers', text: '#1 '.repeat(30_000) },
])('a hostile answer of $name costs no more than a long one', ({ text }) => {
  const plain = 'x'.repeat(100_000);
  const best = (work: string) =>
    Math.min(
      ...Array.from({ length: 3 }, () => {
        const began = performance.now();
        leaksIn(work);
        return performance.now() - began;
      }),
    );
  best(plain);
  expect(best(text)).toBeLessThan(Math.max(1, best(plain)) * 200);
});

it.each([
  `${'at '.repeat(33)}${'/'.repeat(100)}${'a'.repeat(900_000)}`,
  'at /a'.repeat(200_000),
  'at /:1:1 '.repeat(100_000),
  'at (/'.repeat(200_000),
  '#1 '.repeat(300_000),
  'in <b>'.repeat(150_000),
  'File "'.repeat(150_000),
  'at a('.repeat(200_000),
  '\\'.repeat(900_000),
  'a($'.repeat(300_000),
])('takes as long as a text is, and no longer: %.12s', (text) => {
  const took = (length: number) => {
    const began = performance.now();
    leaksIn(text.slice(0, length));
    return performance.now() - began;
  };
  // Eight times as long; where each place is gone through for each, it would be sixty-four times.
  const [some, all] = [took(text.length / 8), took(text.length)];
  expect(all).toBeLessThan(24 * (some + 5));
});
