import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { afterEach, expect, it } from 'vitest';
import { LineHelper, program, pythonModule } from '../line-helper';

const HELLO = `require('readline').createInterface({input: process.stdin}).on('line', line => {
  const {i, url} = JSON.parse(line);`;
const open: LineHelper<unknown>[] = [];
const never = new AbortController().signal;

/** A helper that runs `answer` for each line, with `i` and `url` at hand. */
function helper(answer: string, stallMs = 20_000) {
  const argv = ['node', '-e', `${HELLO} ${answer} })`];
  const env = { PATH: process.env['PATH'] };
  const reply = z.object({ said: z.string() });
  const start = () => program(argv, env);
  const made = new LineHelper({ name: 'node', start, reply, stallMs, window: 8 });
  open.push(made);
  return made;
}

async function ask(of: ReturnType<typeof helper>, urls: string[], signal = never) {
  const replies: string[] = [];
  await of.ask(urls, signal, (index, { said }) => {
    replies[index] = said;
    return true;
  });
  return replies;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(one => one.dispose()));
});

const ECHO = `setTimeout(() => console.log(JSON.stringify({i, said: url})), i % 7);`;

it('gives each question its own answer, in whatever order they come, from one program', async () => {
  const echo = helper(ECHO);
  const urls = Array.from({ length: 300 }, (_, i) => `ü\n"${i}"`);
  const [one, two] = await Promise.all([ask(echo, urls), ask(echo, [...urls].reverse())]);
  expect(one).toEqual(urls);
  expect(two).toEqual([...urls].reverse());
});

it('stops asking when it has heard enough', async () => {
  let heard = 0;
  await helper(ECHO).ask(Array<string>(1000).fill('x'), never, () => ++heard < 3);
  expect(heard).toBeLessThan(20);
});

it.each([
  ['process.exit(7)', 'unreachable', 'exit status 7'],
  ['process.stderr.write("no module\\\\n", () => process.exit(1))', 'unreachable', 'no module'],
  ['console.log("hello")', 'unreachable', 'hello'],
  ['console.log(JSON.stringify({i, wrong: 1}))', 'unreachable', 'wrong'],
  ['console.log(JSON.stringify({fatal: "no bindings"}))', 'unsupported', 'no bindings']
])('%s fails what is asked, now and later', async (answer, code, word) => {
  const broken = helper(answer.replaceAll('\\\\', '\\'));
  const message = expect.stringContaining(word) as unknown;
  await expect(ask(broken, ['a', 'b'])).rejects.toMatchObject({ code, message });
});

it('gives up a program that owes an answer and is silent', async () => {
  const silent = ask(helper('', 300), ['a']);
  await expect(silent).rejects.toMatchObject({
    message: expect.stringContaining('0.3 s') as unknown
  });
});

it('ends a question at once when cancelled, and goes on for others', async () => {
  const stop = new AbortController();
  const some = helper(`if (url !== 'never') { ${ECHO} }`);
  const waiting = ask(some, ['never'], stop.signal);
  expect(await ask(some, ['a'])).toEqual(['a']);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await expect(ask(some, ['a'], stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(await ask(some, ['b'])).toEqual(['b']);
});

it('starts Python so that the folder of the user cannot change it', async () => {
  const python = join(mkdtempSync(join(tmpdir(), 'hepbatch-python-')), 'python');
  writeFileSync(python, '#!/bin/sh\necho "$PWD $PYTHONSAFEPATH $*"\n', { mode: 0o755 });
  const { name, start } = pythonModule({ HEPBATCH_PYTHON: python }, 'hepbatch.x', ['--a']);
  expect(name).toBe(`${python} -m hepbatch.x`);
  const process = await start();
  process.stderr.resume();
  expect(await text(process.stdout)).toBe('/ 1 -m hepbatch.x --a\n');
});
