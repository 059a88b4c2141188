import { socketSubject } from '../../checks/subjects.js';
import type { Finding } from '../../report.js';
import { entryOf } from '../../scopes/match.js';
import { say } from '../escape.js';
import { Known, type Sentences } from './findings/known.js';
import { probeSentences } from './findings/probe.js';

/**
 * The sentence of a finding: what is, and what will be seen in the app for it. Everything in it that came from
 * outside is escaped.
 */
export function describe(finding: Finding): string {
  const { code, facts } = finding;
  const of = typeof facts.of === 'string' ? say`${facts.of}: ` : '';
  const sentence = sentences[code] ?? probeSentences[code];
  return of + (sentence?.(new Known(finding)) ?? unmade(finding));
}

/** A check that could not be made, such as of a Courier that does not answer: its failure's sentence is a fact. */
function unmade({ code, subject = '', facts }: Finding): string {
  return typeof facts.sentence === 'string' ? say`${subject}: ${facts.sentence}` : say`${subject} ${code}`;
}

const symptom = (scope: string) =>
  /^user_id:./.test(scope)
    ? 'the token is for somebody else, or for nobody'
    : (entryOf(scope)?.without ?? 'what needs it is refused');
const newerToken = 'Tokens cannot be revoked: mint a shorter one, 1d for a usual session.';

/** What is found of tokens, keys, and what is around them. */
export const sentences: Sentences = {
  'header.doubled-bearer': () =>
    'the header says Bearer twice: it is refused whatever the token is. Take one out; an SDK adds its own.',
  'signature.none': (k) => say`not signed (alg ${k.fact('algorithm')}): Courier refuses it.`,
  'signature.algorithm': (k) =>
    say`signed with ${k.fact('algorithm')}; Courier's tokens are HS256. Is it another service's?`,
  'signature.cut-short': (k) =>
    say`the signature is cut short (${k.fact('characters')} of ${k.fact('expected')} characters): Courier refuses it. A column or a copy was too narrow.`,
  'signature.stand-in': (k) =>
    say`the signature is no real one (${k.fact('characters')} characters, HS256 has ${k.fact('expected')}), as in a test fixture: Courier refuses it.`,
  'signature.local': () =>
    'signed by the embedded Courier: Courier itself will refuse it; courier-jwt emulator takes it.',
  'signature.not-verified': () => 'not looked at: the signature. Only Courier can verify it; these are claims only.',
  'claim.no-scope': (k) =>
    k.finding.facts.present === true
      ? 'the scope claim is not a string: Courier finds no scopes in it.'
      : "there is no scope claim: this is not a Courier user token. Is it your own session's, or another service's?",
  'claim.type': (k) =>
    say`the claim ${k.subject} is of the wrong type (${k.fact('found')}, not ${k.fact('expected')}).`,

  'expiry.valid': (k) => say`expires in ${k.span('remainingSeconds')}, at ${k.fact('expiresAt')}.`,
  'expiry.expired': (k) =>
    say`expired ${k.span('remainingSeconds')} ago, at ${k.fact('expiresAt')}${k.status === 'warn' ? ', within the leeway' : ''}: the Inbox answers 401 or stays empty.`,
  'expiry.never': () => `never expires: it was minted without expires_in. ${newerToken}`,
  'expiry.min-ttl': (k) => {
    const [remaining, wanted] = k.spans('remainingSeconds', 'minTtlSeconds');
    return say`expires in ${remaining}, sooner than the ${wanted} that are wanted.`;
  },
  'expiry.long': (k) => say`lives for more than 30 days (${k.span('lifetimeSeconds')}). ${newerToken}`,
  'clock.skew': (k) =>
    say`issued ${k.span('aheadSeconds')} in the future: the clock here, or the one that minted it, is a little off.`,
  'clock.not-yet-valid': (k) =>
    say`not yet valid for ${k.span('aheadSeconds')} (clock skew?): check the clock here and on the machine that minted it.`,

  'user.missing': () => 'names no user (user_id:…): every call about one is refused, and the Inbox stays empty.',
  'user.match': (k) => say`is for ${k.subject}, and for nobody else.`,
  'user.mismatch': (k) =>
    k.finding.facts.also === true
      ? say`is also for ${k.subject}, and should be for ${k.fact('expected')} alone: it opens somebody else's inbox.`
      : say`is for ${k.subject}, not for ${k.fact('expected')}: signIn with ${k.fact('expected')} gets 401 or an empty Inbox.`,
  'user.placeholder': (k) =>
    say`is for ${k.subject}: a placeholder that nothing was put in for. Nobody has such an inbox, so it is empty.`,
  'user.invalid': (k) => say`is for "${k.subject}", which cannot be a user id (${k.fact('problem')}).`,
  'user.several': (k) => say`is for several users (${k.fact('users')}): each can read the others' messages.`,
  'user.not-compared': () =>
    "not looked at: the userId that the app passes to signIn. --user compares it with the token's.",

  'scope.granted': (k) => say`${k.subject}${k.has('by') ? ` (by ${k.fact('by')})` : ''}`,
  'scope.missing': (k) =>
    k.finding.facts.documented === false
      ? say`${k.subject} is missing, and is no scope that Courier documents.` +
        (k.has('suggestion') ? say` Did you mean ${k.fact('suggestion')}?` : '')
      : say`${k.subject} is missing: ${symptom(k.subject)}.`,
  'scope.recommended': (k) => say`${k.subject} is recommended and missing: ${symptom(k.subject)}.`,
  'scope.unknown': (k) =>
    say`${k.subject} is no scope that Courier documents${k.has('suggestion') ? `. Did you mean ${k.fact('suggestion')}?` : '; it may grant nothing.'}`,
  'scope.excess': (k) => say`${k.subject} is more than is needed: whoever has the token may ${grants(k.subject)}.`,

  'tenant-scope.match': (k) => say`comes from ${k.subject}.`,
  'tenant-scope.mismatch': (k) =>
    say`comes from ${k.subject || 'no environment'}, not from ${k.fact('expected')}: a front end that looks there sees an empty Inbox or 401.`,
  'workspace.match': (k) => say`comes from the workspace of ${k.subject}.`,
  'workspace.mismatch': (k) =>
    say`comes from workspace ${k.fact('found')}; ${k.subject} is ${k.fact('expected')}: its users and messages are other ones.`,
  'workspace.unrecorded': (k) =>
    say`the workspace of ${k.subject} is not recorded: it could not be compared. env check asks Courier for it.`,
  'courier.not-asked': () => 'not looked at: whether Courier takes the token. Nothing was sent.',

  'signature.accepted': () => 'Courier takes the token: its signature is good.',
  'clock.off': (k) =>
    say`the clock here is ${k.span('offSeconds')} ${Number(k.finding.facts.offSeconds) > 0 ? 'ahead of' : 'behind'} Courier's. The token is judged by Courier's; set this one right.`,
  'region.found': (k) =>
    say`is a token of the region ${k.subject}: ${k.fact('asked')} refuses it. The app must look there, too: apiUrls, getCourierApiUrlsForRegion('${k.subject}').`,
  'region.mismatch': (k) =>
    say`is a token of the region ${k.subject}, and ${k.fact('asked')} was asked, which refuses it. Let the app look at ${k.subject} (apiUrls), or mint in ${k.fact('asked')}.`,

  'access.accepted': (k) => accessTo(k) + (k.has('items') ? say`, ${k.fact('items')} there.` : '.'),
  'access.empty': (k) =>
    k.status === 'pass'
      ? `${accessTo(k)}, nothing there.`
      : say`${k.subject}: Courier answers 200 with no messages. ` +
        (k.finding.facts.promised === true
          ? "A new user's inbox is empty, too, so this proves nothing. Is it the user, tenant and environment that messages are sent to?"
          : "That may be what the missing scope gives; a new user's inbox is empty, too."),
  'access.unpromised': (k) =>
    say`${tried(k)}: Courier lets it in (${k.fact('call')}), though the claims do not name it.`,
  'access.refused': (k) =>
    say`${tried(k)}: Courier refuses it (${k.fact('status')}, ${k.fact('call')})` +
    (k.finding.facts.promised === true
      ? Number(k.finding.facts.status) === 401
        ? ', though the claims promise it: the signature, the region or the user is not what they say.'
        : ', though the claims promise it: is it another user, or a scope that this key may not grant?'
      : ', as is to be expected of it.'),
  'control.refused': (k) =>
    say`control: ${tried(k)} is refused to ${controlToken(k)}${k.fact('status') === '200' ? ' (200, and nothing in it)' : say` (${k.fact('status')})`}, as it should be.`,
  'control.accepted': (k) =>
    say`control: ${tried(k)} is let in for ${controlToken(k)}, too (${k.fact('status')}): that it is accepted proves nothing.`,
  'control.not-tested': (k) =>
    say`control not tested: ${tried(k)} for ${controlToken(k)}: ${untested[k.fact('reason')] ?? 'no reason is known'}.`,
  'access.not-tried': (k) => say`not tried: ${k.subject}. ${whyUntried[k.fact('reason')] ?? ''}`,

  'fresh.accepted': (k) =>
    say`a token minted just now: ${tried(k)} is let in` + (k.has('items') ? say`, ${k.fact('items')} there.` : '.'),
  'fresh.less': (k) =>
    say`a token minted just now may less: ${tried(k)} (${k.fact('status')}, ${k.fact('call')}), where this one is let in.`,
  'fresh.empty': (k) =>
    say`a token minted just now: ${tried(k)} is let in, and is empty, too: nothing was sent to that user here, or to a tenant only.`,
  'fresh.sees-more': (k) =>
    say`a token minted just now is let in with ${tried(k)}${k.has('items') ? ` (${k.fact('items')} there)` : ''}, and this one ${k.fact('given') === '200' ? 'sees nothing' : `is refused (${k.fact('given')})`}: it is this token that is at fault.`,
  'fresh.refused': (k) =>
    say`a token minted just now is refused, too: ${tried(k)} (${k.fact('status')}, ${k.fact('call')}). It is not this token: look at the Inbox integration and its JWT setting in Courier's dashboard, and at what the key may grant.`,
  'fresh.not-tried': (k) =>
    say`${k.subject}: production, so no token was minted to compare with. --allow-production mints one that lives two minutes.`,
  'latency.fast': (k) => say`minted in ${k.fact('milliseconds')} ms.`,
  'latency.slow': (k) =>
    say`minting took ${k.fact('milliseconds')} ms, longer than the ${k.fact('maxMilliseconds')} ms of maxLatency.`,
  'smoke.not-made': (k) => say`not made: ${k.subject} cannot be used (${k.fact('reason')}).`,
  'token.not-given': () => 'no token was given: only the key and what is around it were looked at.',
  'key.not-given': () =>
    'no API key is configured: no token could be minted to compare with. env add keeps one, or COURIER_API_KEY gives it.',
  'config.file': (k) => say`the key of ${k.subject} is in a file that only you can read, in ${k.fact('folder')}.`,
  'config.keychain': (k) => say`the key of ${k.subject} is in the keychain.`,
  'config.proxy': (k) => say`requests to ${k.fact('host')} go through the proxy ${k.subject} (HTTPS_PROXY).`,
  'config.old-file': (k) =>
    say`there is a ${k.subject} here, of Courier's earlier command line: it is not read. If it has a key in it, keep it with env add, and the file out of git.`,
  'tls.not-verified': () =>
    'NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing here, where certificates are always verified; other programs take any certificate with it.',
  'certificates.unreadable': (k) =>
    say`NODE_EXTRA_CA_CERTS names ${k.subject}, which cannot be read (${k.fact('reason')}): Node passes over it, and its CA is not trusted.`,

  'grant.scope-missing': (k) => say`${k.subject} was asked for and not granted: ${symptom(k.subject)}.`,
  'grant.scope-extra': (k) => say`${k.subject} was granted and not asked for.`,
  'grant.user': (k) => say`the token is for ${k.fact('users') || 'nobody'}, and was asked for ${k.subject}.`,
  'grant.lifetime-short': (k) => {
    const [granted, asked] = k.spans('grantedSeconds', 'askedSeconds');
    return say`lives for ${granted}, less than the ${asked} asked for.`;
  },
  'grant.lifetime-long': (k) => {
    const [granted, asked] = k.spans('grantedSeconds', 'askedSeconds');
    return say`lives for ${granted}, more than the ${asked} asked for.`;
  },
  'grant.all': (k) => say`${k.subject}: everything asked for was granted (${k.fact('scopes')}).`,
  'grant.not-tried': (k) =>
    say`${k.subject}: production, so nothing was minted but the probe. --allow-production mints for the surfaces.`,

  'key.accepted': (k) =>
    say`${k.subject}: ${k.fact('host')} takes the key${k.has('tenantScope') ? ` (${k.fact('tenantScope')})` : ''}.`,
  'key.unknown-prefix': (k) =>
    say`${k.subject} has no prefix of Courier's that is known here. It is used all the same.`,
  'environment.recorded': (k) =>
    say`${k.subject}: the workspace was not recorded yet, and now is (${k.fact('tenantScope')}).`,
  'workspace.changed': (k) =>
    say`${k.subject}: the key is of ${k.fact('found')} now, and was of ${k.fact('expected')} when it was added.`,
  'emulator.exposed': (k) =>
    say`whoever reaches ${k.fact('host')} can mint, read and send here, over plain http. Let it hold nothing real.`,
  'environment.exposed': (k) =>
    say`${k.subject}: others on this machine can read its file, or put another in its place. chmod 600 the file and 700 its folder.`,
};

const tried = (k: Known) => (k.subject === socketSubject ? 'the realtime socket' : k.subject);

const whyUntried: Record<string, string> = {
  write: 'It writes, and trying it would change something.',
  'no-user': 'There is no user whose it could be.',
  enough: 'Enough brands were tried.',
  'no-call': 'No call is known that reads with it and changes nothing.',
};

const controlToken = (k: Known) =>
  k.fact('control') === 'other-user' ? 'a token of another user' : 'a token without that scope';

const untested: Record<string, string> = {
  'refused-anyway': 'the token itself is refused',
  'no-answer': 'Courier gave no answer that can be read',
  'no-token': 'no such token could be minted',
  'other-workspace': 'the key is of another workspace than the token',
};

function accessTo(k: Known): string {
  return say`${tried(k)}: Courier lets it in (${k.fact('call')})`;
}

function grants(scope: string): string {
  return entryOf(scope)?.grants.replace(/^Courier Create: /, '') ?? 'use it';
}
