import { PassThrough } from 'node:stream';
import { render } from '@inquirer/testing';
import { describe, expect, it, vi } from 'vitest';
import { type PromptStreams, askConfirm, askSecret } from '../../src/output/prompts.js';
import { rejectionOf } from '../token/failure-of.js';

const ctrlC = '\u0003';

/** Asks, types once the question stands there, and gives the answer and all that was shown. */
async function asked(ask: (streams: PromptStreams) => Promise<unknown>, typed: string) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    if (shown === '') setTimeout(() => input.write(typed), 20);
    shown += text;
  });
  const answer = await rejectionOf(ask({ input, output, signal: new AbortController().signal }));
  return { answer, shown };
}

describe('askConfirm', () => {
  it.each([
    { typed: 'y\n', expected: { returned: true } },
    { typed: 'yes\n', expected: { returned: true } },
    { typed: 'n\n', expected: { returned: false } },
    { typed: '\n', expected: { returned: false } },
    { typed: ctrlC, expected: { code: 'interrupted.signal', facts: {} } },
  ])('$typed', async ({ typed, expected }) => {
    const { answer, shown } = await asked((streams) => askConfirm('Remove it?', streams), typed);
    expect([answer, shown.includes('Remove it?')]).toEqual([expected, true]);
  });
});

describe('askSecret', () => {
  const key = 'pk_test_0123456789ABCDEF';

  it('shows nothing of what is typed', async () => {
    const { answer, shown } = await asked((streams) => askSecret('API key', streams), `${key}\n`);
    const runs = Array.from({ length: key.length - 3 }, (_, i) => key.slice(i, i + 4));
    expect(answer).toEqual({ returned: key });
    expect([shown.includes('API key'), shown.includes('*'), runs.filter((run) => shown.includes(run))]).toEqual([
      true,
      false,
      [],
    ]);
  });

  it('Ctrl-C', async () => {
    const { answer } = await asked((streams) => askSecret('API key', streams), ctrlC);
    expect(answer).toEqual({ code: 'interrupted.signal', facts: {} });
  });

  it('an interruption from outside', async () => {
    const controller = new AbortController();
    const streams = { input: new PassThrough(), output: new PassThrough(), signal: controller.signal };
    setTimeout(() => controller.abort(), 50);
    expect(await rejectionOf(askSecret('API key', streams))).toEqual({ code: 'interrupted.signal', facts: {} });
  });
});

/** Asks on a screen that the test types into, key by key. `signal` is the program's own interruption. */
async function onScreen<T>(
  ask: (message: string, streams: PromptStreams) => Promise<T>,
  message: string,
  signal = never(),
) {
  const screen = await render(
    (question: string, context) => ask(question, { ...(context as unknown as PromptStreams), signal }),
    message,
  );
  return { ...screen, outcome: rejectionOf(screen.answer) };
}

function never(): AbortSignal {
  return new AbortController().signal;
}

const interrupted = { code: 'interrupted.signal', facts: {} };
const secret = 'pk_test_TYPEDBYHAND1234';

describe('askSecret, key by key', () => {
  const rows: { typed: string }[] = [{ typed: secret }, { typed: '' }, { typed: ` ${secret} ` }];
  it.each(rows)('answers what is typed: "$typed"', async ({ typed }) => {
    const { events, outcome } = await onScreen(askSecret, 'API key of acme (not shown):');
    events.type(typed);
    events.keypress('enter');
    expect(await outcome).toEqual({ returned: typed });
  });

  it('shows the same screen whatever is typed: no character, no star, no length', async () => {
    const { events, outcome, getScreen, getFullOutput } = await onScreen(askSecret, 'API key of acme (not shown):');
    const before = getScreen();
    events.type(secret);
    const typed = getScreen();
    events.keypress('enter');
    await outcome;
    const all = await getFullOutput({ raw: true });
    const runs = Array.from({ length: secret.length - 3 }, (_, i) => secret.slice(i, i + 4));
    expect({ before, typed, told: runs.filter((run) => all.includes(run)), stars: all.includes('*') }).toEqual({
      before: expect.stringMatching(/^\? API key of acme \(not shown\):/) as string,
      typed: before,
      told: [],
      stars: false,
    });
  });

  it('has no key that reveals it', async () => {
    const { events, outcome, getFullOutput } = await onScreen(askSecret, 'API key:');
    events.type(secret);
    for (const name of ['t', 'r', 's', 'h', 'v', 'e']) events.keypress({ name, ctrl: true });
    for (const name of ['tab', 'up', 'f2']) events.keypress(name);
    events.keypress('enter');
    await outcome;
    expect(await getFullOutput({ raw: true })).not.toMatch(/TYPED|HAND|reveal|toggle|show/i);
  });
});

describe('askConfirm, key by key', () => {
  const rows: { typed: string; returned: boolean }[] = [
    { typed: 'y', returned: true },
    { typed: 'Y', returned: true },
    { typed: 'n', returned: false },
    { typed: 'no', returned: false },
    { typed: '', returned: false },
  ];
  it.each(rows)('"$typed" is $returned', async ({ typed, returned }) => {
    const { events, outcome } = await onScreen(askConfirm, 'Remove test and its key?');
    events.type(typed);
    events.keypress('enter');
    expect(await outcome).toEqual({ returned });
  });

  it('takes nothing else for an answer, and asks on', async () => {
    const controller = new AbortController();
    const { events, outcome, getScreen } = await onScreen(askConfirm, 'Remove test and its key?', controller.signal);
    events.type('what?');
    events.keypress('enter');
    const screen = getScreen();
    controller.abort();
    expect([screen.startsWith('? Remove test and its key? (y/N)'), await outcome]).toEqual([true, interrupted]);
  });

  it('says that no is the default', async () => {
    const { events, outcome, getScreen } = await onScreen(askConfirm, 'Remove test and its key?');
    const question = getScreen();
    events.keypress('enter');
    await outcome;
    expect(question).toBe('? Remove test and its key? (y/N)');
  });
});

describe.each([
  { name: 'askSecret', ask: askSecret as (message: string, streams: PromptStreams) => Promise<unknown> },
  { name: 'askConfirm', ask: askConfirm },
])('$name', ({ ask }) => {
  it('fails as interrupted when the program is', async () => {
    const controller = new AbortController();
    const { events, outcome } = await onScreen(ask, 'Question?', controller.signal);
    events.type('y');
    controller.abort();
    expect(await outcome).toEqual(interrupted);
  });

  it('fails as interrupted when the program was before it asked', async () => {
    const controller = new AbortController();
    controller.abort();
    const { outcome } = await onScreen(ask, 'Question?', controller.signal);
    expect(await outcome).toEqual(interrupted);
  });

  it('asks on the stream that it is given, and on no other', async () => {
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const { events, outcome } = await onScreen(ask, 'Question?');
    events.keypress('enter');
    await outcome;
    write.mockRestore();
    expect(written).toEqual([]);
  });
});
