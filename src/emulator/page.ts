import type { Answer } from './answer.js';

/** For whoever opens the emulator in a browser. With an empty icon, for which the browser would ask. */
const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>courier-jwt emulator</title>
<link rel="icon" href="data:,">
<h1>An emulated Courier</h1>
<p>courier-jwt runs it on this machine: nothing here is sent to anybody.</p>
<ul>
<li>REST: <code>/auth/issue-token</code>, <code>/send</code>, <code>/users/…</code>, <code>/brands</code>, <code>/lists/…</code>
<li>Inbox: <code>POST /q</code> (GraphQL), and a WebSocket at <code>/</code>
<li>preferences and brands: <code>POST /client/q</code> (GraphQL)
<li>for tests: <a href="/__emulator/health">/__emulator/health</a>, <a href="/__emulator/requests">/__emulator/requests</a>,
<a href="/__emulator/state">/__emulator/state</a>; <a href="/__emulator">/__emulator</a> lists the rest
</ul>
</html>
`;

export const page: Answer = { status: 200, text: html, headers: { 'content-type': 'text/html; charset=utf-8' } };

/** A program that asks for no HTML hears that there is nothing, as of any other path. */
export function isForBrowser(method: string, path: string, accept: string | undefined): boolean {
  return path === '/' && (method === 'GET' || method === 'HEAD') && /\btext\/html\b/i.test(accept ?? '');
}
