import { say } from '../../escape.js';
import type { Known, Sentences } from './known.js';

/** What is found of somebody's endpoint. */
export const probeSentences: Sentences = {
  'transport.safe': (k) =>
    say`${k.subject} is ${k.finding.facts.https === true ? 'reached by https' : 'this machine: nobody listens in between'}.`,
  'transport.plain-http': (k) =>
    say`${k.subject} is reached by plain http: whoever is in between reads the session and the token. Nothing was sent.`,
  'endpoint.reached': (k) => say`answers ${k.fact('status')}, in ${k.fact('milliseconds')} ms.`,
  'endpoint.unreachable': (k) =>
    k.fact('detail') === 'EPROTO'
      ? say`${trialOf(k)}: what listens there speaks no https. Is it http://?`
      : say`${trialOf(k)}: no answer (${noAnswer[k.fact('reason')] ?? k.fact('reason')}${k.has('detail') ? say`: ${k.fact('detail')}` : ''}).`,
  'endpoint.unavailable': (k) =>
    say`${trialOf(k)}: answers ${k.fact('status')}, which says nothing of what was tried. ${k.fact('status') === '429' ? 'Try again later.' : 'Is what it needs, such as Courier, there?'}`,
  'endpoint.redirect': (k) =>
    say`redirects (${k.fact('status')}) to ${k.fact('location') || 'nowhere'}: a session is not sent after a redirect. Is that the URL to probe, or the page to sign in?`,
  'endpoint.status': (k) => {
    const said = say`answers ${k.fact('status')} to the request of its own front end`;
    if (k.status === 'fail') return `${said}: no token.`;
    return k.finding.facts.hasSession === true
      ? `${said}. Is that the endpoint, is --body what it takes, and does a CSRF token belong with it?`
      : say`answers ${k.fact('status')} without a session, where 401 is usual: is that the endpoint, and --body what it takes?`;
  },
  'session.refused': (k) =>
    say`refuses the session of --header (${k.fact('status')}): has it ended, is it another user's than --user says, or does a CSRF token belong with it? Nothing that needs one could be told.`,
  'session.required': (k) => say`without the session: no token (${k.fact('status')}).`,
  'session.not-required': () =>
    "without a session: gives a token all the same. Anybody can read and change anybody's inbox. Take the user from the session, and answer 401 where there is none.",
  'session.crashed': (k) => say`without the session: fails (${k.fact('status')}), where it should refuse: 401.`,
  'other-user.refused': (k) =>
    say`for another user than the session's: ${k.fact('how') === 'own-token' ? "gives the session's own token" : say`no token (${k.fact('status')})`}.`,
  'other-user.minted': (k) =>
    say`for another user than the session's: gives a token of ${k.fact('users')}. Whoever is signed in can open every inbox. Take the user from the session, not from the body.`,
  'other-user.crashed': (k) =>
    say`for another user than the session's: fails (${k.fact('status')}), where it should refuse: 403.`,
  'other-user.unknown': (k) =>
    say`for another user than the session's: answers ${k.fact('status')}, as for one that there is not. --other-user names one that there is.`,
  'injection.refused': (k) =>
    say`a user id with scopes in it: ${k.fact('how') === 'own-token' ? 'adds none' : say`no token (${k.fact('status')})`}.`,
  'injection.minted': (k) =>
    say`a user id with scopes in it adds them: the token is of ${k.fact('users')}${k.fact('scopes') === '' ? '' : say`, with ${k.fact('scopes')}`}. Refuse ids with white space.`,
  'injection.crashed': (k) =>
    say`a user id with scopes in it: fails (${k.fact('status')}), where it should refuse: 400.`,
  'input.refused': (k) =>
    say`${trialOf(k)}: ${k.fact('how') === 'own-token' ? "gives the session's own token" : say`no token (${k.fact('status')})`}.`,
  'input.minted': (k) =>
    say`${trialOf(k)}: gives a token of ${k.fact('users') || 'nobody'}. Judge the user id before it goes into a scope.`,
  'input.crashed': (k) => say`${trialOf(k)}: fails (${k.fact('status')}), where it should refuse: 400.`,
  'input.answered': (k) =>
    say`${trialOf(k)}: answers ${k.fact('status')}, with no token. A front end that is told 400 knows that it failed.`,
  'method.refused': (k) => say`GET: no token (${k.fact('status')}).`,
  'method.minted': () =>
    'GET: gives a token, too. What is got is cached, linked to, and fetched ahead. Take POST only.',
  'method.crashed': (k) => say`GET: fails (${k.fact('status')}), where it should refuse: 405.`,
  'token.found': (k) => say`a token is at ${k.subject}.`,
  'token.not-found': (k) =>
    say`no token is at ${k.subject}` +
    (k.has('place')
      ? say`; there is one at ${k.fact('place')}: --token-path ${k.fact('place')}.`
      : '. --token-path says where it is: data.token, or - for the whole body.'),
  'token.not-bare': (k) =>
    say`what is at ${k.subject} is more than the token, and a front end hands it on as it is: Courier's SDKs put Bearer before it themselves.`,
  'expiry.short': (k) =>
    say`the token ends in ${k.span('remainingSeconds')}: the front end is busy with getting new ones. 1h or 1d is usual.`,
  'expiry.told': (k) =>
    say`the answer says expiresIn ${k.fact('told')}, and the token lives for ${k.span('lifetimeSeconds')}: whoever refreshes by the answer is late.`,
  'cache.no-store': () => 'Cache-Control: no-store.',
  'cache.storable': (k) =>
    say`Cache-Control ${k.has('cacheControl') ? say`is ${k.fact('cacheControl')}` : 'is missing'}: a cache in between may keep the token. Say no-store.`,
  'cors.closed': () => 'a page of another origin cannot read the answer.',
  'cors.any-origin': () =>
    'CORS lets pages of any origin read answers that need no cookie (*). Name the origins of your own front ends.',
  'cors.wildcard-credentials': () =>
    'CORS is * with credentials: browsers refuse that, and what is meant by it would let any page take the tokens of its visitors.',
  'cors.reflected': (k) =>
    say`CORS lets any page in by its name (${k.subject})${k.finding.facts.credentials === true ? ', with cookies: every page can take the tokens of its visitors' : ''}. Compare origins with a list, whole.`,
  'answer.clean': (k) => say`${k.fact('answers')} answers: no API key, no error of Courier's, no stack trace.`,
  'answer.api-key': (k) =>
    say`an API key is in an answer (${trialsOf(k)}): whoever has it can mint for anybody. Rotate it now.`,
  'answer.courier-error': (k) =>
    say`Courier's own error is in an answer (${trialsOf(k)}). Log it, and answer with a text of your own.`,
  'answer.stack-trace': (k) =>
    say`a stack trace is in an answer (${trialsOf(k)}): it shows what runs there, and where. Is it in its production mode?`,
  'answer.error-text': (k) =>
    say`an error's own text is in an answer (${trialsOf(k)}). Log it, and answer with a text of your own.`,
  'probe.not-tried': (k) => say`not looked at: ${trialOf(k)}. ${whyNotTried[k.fact('reason')] ?? ''}`,
};

/** What each request of `probe` is, in words. */
export const trials: Record<string, string> = {
  session: "the front end's own request",
  'no-session': 'without a session',
  'other-user': "for another user than the session's",
  injection: 'a user id with scopes in it',
  malformed: 'malformed JSON',
  'missing-user': 'no user id',
  'empty-user': 'an empty user id',
  'huge-user': 'a user id of 50,000 characters',
  'foreign-origin': 'as from a page of another origin',
  'null-origin': 'as from a page of no origin',
  preflight: 'a preflight of a page of another origin',
  get: 'GET',
  rest: 'the rest',
};

const trialOf = (k: Known) => trials[k.subject] ?? k.subject;
const trialsOf = (k: Known) =>
  k
    .fact('trials')
    .split(', ')
    .map((name) => trials[name] ?? name)
    .join(', ');

const whyNotTried: Record<string, string> = {
  'no-session': 'That needs a session: --header gives one.',
  'no-token': "The front end's own request got none: that others get none shows nothing.",
  'no-place': 'Neither --body nor the URL has {user} in it.',
  stopped: 'No more was sent once there was no answer.',
};

const noAnswer: Record<string, string> = {
  refused: 'nothing listens there',
  dns: 'there is no such host, or no network',
  dropped: 'it hung up',
  certificate: 'its certificate is not trusted; NODE_EXTRA_CA_CERTS takes a CA of your own',
  proxy: 'the proxy of HTTPS_PROXY does not let it through',
  timeout: 'none within --timeout',
  'too-large': 'it is larger than 1 MB',
};
