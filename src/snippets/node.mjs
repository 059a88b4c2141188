// POST /api/generate-courier-jwt for node:http: a Courier token for whoever is signed in, and for nobody else.
// Save it as courier-token.mjs, and tell it who is signed in:
//   import courierToken from './courier-token.mjs';
//   const tokens = courierToken((request) => sessionOf(request)?.userId);
//   createServer((request, response) => {
//     if (request.url === '/api/generate-courier-jwt') return tokens(request, response);
// It needs Node 20, a session of your own, and COURIER_API_KEY in the environment.
// The how-to: https://www.courier.com/docs/tutorials/inbox/how-to-send-jwt
import { STATUS_CODES } from 'node:http';

const SCOPES = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const EXPIRES_IN = '1d';
const LONGEST_ANSWER = 100_000;
const LONGEST_BODY = 10_000;

/** A listener; `signedInUser(request)` gives the id that Courier knows the user by, or a promise of it: nothing for nobody. */
export default function courierToken(signedInUser) {
  return async (request, response) => {
    const { status, ...body } = await answerTo(request, signedInUser).catch((error) => {
      console.error('courier token: %s', error?.name);
      return refusal(500);
    });
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(body));
  };
}

async function answerTo(request, signedInUser) {
  if (request.method !== 'POST') return refusal(405);
  const user = (await signedInUser(request))?.toString();
  if (!user) return refusal(401);
  const text = await textOf(request);
  if (text.length > LONGEST_BODY) return refusal(413);
  const userId = namedIn(text, user);
  if (typeof userId !== 'string') return refusal(400);
  if (userId !== user) return refusal(403);

  const { token, status, failure } = await issueToken(user);
  if (failure) {
    console.error('courier token: none for %j: %s', user, failure);
    return refusal(status);
  }
  console.info('courier token: for %j, %s, %s', user, SCOPES, EXPIRES_IN);
  return { status: 200, token, expiresIn: EXPIRES_IN };
}

function refusal(status) {
  return { status, error: STATUS_CODES[status] };
}

/** What is too long is read and thrown away, so that its sender hears the answer. */
async function textOf(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) if (text.length <= LONGEST_BODY) text += chunk;
  return text;
}

/** Whom a body names: the user where it names nobody, undefined where it cannot be read. */
function namedIn(text, user) {
  try {
    const { userId = user } = JSON.parse(text || '{}');
    return userId;
  } catch {
    return undefined;
  }
}

/** A space in it would add scopes. */
function isUserId(id) {
  return typeof id === 'string' && /^[^\s\p{C}]{1,256}$/u.test(id);
}

/** The token, or why there is none and the status that says so; nothing of it is Courier's own text. */
async function issueToken(user) {
  const { COURIER_API_KEY: key, COURIER_BASE_URL: url } = process.env;
  if (!isUserId(user)) return { status: 400, failure: 'not a user id' };
  if (!key) return { status: 502, failure: 'COURIER_API_KEY is not set' };
  try {
    const response = await fetch(`${(url || 'https://api.courier.com').replace(/\/$/, '')}/auth/issue-token`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ scope: `user_id:${user} ${SCOPES}`, expires_in: EXPIRES_IN }),
      redirect: 'manual',
      signal: AbortSignal.timeout(5000),
    });
    const text = await answerOf(response);
    if (!response.ok) return { status: isTemporary(response) ? 503 : 502, failure: response.status };
    const token = JSON.parse(text)?.token;
    return isToken(token) ? { token } : { status: 502, failure: 'no token' };
  } catch (error) {
    return { status: error.name === 'SyntaxError' ? 502 : 503, failure: error.cause?.code ?? error.name };
  }
}

/** What has no end would fill the memory. */
async function answerOf({ body }) {
  let text = '';
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.length > LONGEST_ANSWER) throw new RangeError('too long');
  }
  return text;
}

/** A gateway that echoes what it is sent would give the key away. */
function isToken(token) {
  return typeof token === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

function isTemporary({ status }) {
  return status === 429 || status >= 500;
}
