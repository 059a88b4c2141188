// POST /api/generate-courier-jwt for Express: a Courier token for whoever is signed in, and for nobody else.
// Save it as courier-token.mjs, and mount it behind your session, before express.json(), whose errors show a stack trace:
//   import courierToken from './courier-token.mjs';
//   app.use(courierToken);
// It needs Node 20, Express 4 or 5, express-session (or another session), and COURIER_API_KEY in the environment.
// The how-to: https://www.courier.com/docs/tutorials/inbox/how-to-send-jwt
import { STATUS_CODES } from 'node:http';
import express from 'express';

const SCOPES = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const EXPIRES_IN = '1d';
const LONGEST_ANSWER = 100_000;

const router = express.Router();
export default router;

// The id that Courier knows the user by. Put your own way here.
const signedInUser = (req) => req.session?.userId?.toString();

router.post(
  '/api/generate-courier-jwt',
  (req, res, next) => (signedInUser(req) ? next() : refuse(res, 401)),
  express.json({ limit: '10kb' }),
  answer,
  // A body that is no JSON, or too long. Express knows it by its four parameters.
  (error, req, res, next) => (error.status < 500 ? refuse(res, error.status) : next(error)),
);

async function answer(req, res) {
  const user = signedInUser(req);
  const { userId = user } = req.body ?? {};
  if (typeof userId !== 'string') return refuse(res, 400);
  if (userId !== user) return refuse(res, 403);

  const { token, status, failure } = await issueToken(user);
  if (failure) {
    console.error('courier token: none for %j: %s', user, failure);
    return refuse(res, status);
  }
  console.info('courier token: for %j, %s, %s', user, SCOPES, EXPIRES_IN);
  res.set('Cache-Control', 'no-store').json({ token, expiresIn: EXPIRES_IN });
}

function refuse(res, status) {
  res.status(status).set('Cache-Control', 'no-store').json({ error: STATUS_CODES[status] });
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
