import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { Askpass } from '../askpass';
import type { Answer } from '../askpass';

const folder = mkdtempSync(join(tmpdir(), 'ask-'));
let open: Askpass | null = null;
afterEach(() => open?.close());

async function openWith(answer: Answer): Promise<Askpass> {
  rmSync(join(folder, 'q'), { force: true });
  return (open = await Askpass.open(folder, answer));
}

/** Asks as ssh does: starts the program with the question, takes what it prints without the last line end. */
function ask({ env }: Askpass, question: string, more: object = {}) {
  return new Promise<{ code: number; said: string }>(resolve => {
    const all = { PATH: process.env['PATH'], NODE_OPTIONS: '--require /none.cjs', ...env, ...more };
    execFile(env['SSH_ASKPASS'] ?? '', [question], { env: all }, (error, stdout) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ code, said: stdout.replace(/\n$/, '') });
    });
  });
}

it('brings a question to us and the answer back, whatever is in them', async () => {
  let answered = '';
  const askpass = await openWith(asked => Promise.resolve(`${asked}|${answered}`));
  const words = fc.string({ unit: 'binary' }).map(word => word.replaceAll('\0', ''));
  await fc.assert(
    fc.asyncProperty(words, words, async (question, answer) => {
      answered = answer;
      const { code, said } = await ask(askpass, question);
      expect([code, said]).toEqual([0, `${question}|${answer}`]);
    }),
    { numRuns: 6 }
  );
});

it('gives no answer where there is none', async () => {
  const askpass = await openWith(() => Promise.resolve(null));
  expect(await ask(askpass, 'Password: ')).toMatchObject({ code: 1, said: '' });
});

it('tells us when the program no longer waits', async () => {
  const asked = { isGone: false };
  const askpass = await openWith(
    (_text, gone) =>
      new Promise(resolve => {
        gone.addEventListener('abort', () => {
          asked.isGone = true;
          resolve(null);
        });
        askpass.close();
      })
  );
  expect((await ask(askpass, 'Password: ')).code).toBe(1);
  expect(asked.isGone).toBe(true);
});

it('answers nobody without its key, and nobody any more once it is closed', async () => {
  let count = 0;
  const askpass = await openWith(() => Promise.resolve(String(++count)));
  for (const key of ['', 'x', '0'.repeat(64)]) {
    expect((await ask(askpass, 'Password: ', { HEPBATCH_ASKPASS_KEY: key })).code).toBe(1);
  }
  for (const said of ['\n', 'null\n', '{}\n', 'x'.repeat(70_000), '{"key":1,"text":""}\n']) {
    const socket = createConnection(join(folder, 'q'));
    socket.write(said);
    expect(await text(socket)).toBe('');
  }
  expect(count).toBe(0);
  expect((await ask(askpass, 'Password: ')).said).toBe('1');
  askpass.close();
  expect((await ask(askpass, 'Password: ')).code).toBe(1);
});

it('is for this user alone, with no secret in its file', async () => {
  const { env } = await openWith(() => Promise.resolve('x'));
  const program = env['SSH_ASKPASS'] ?? '';
  expect(statSync(program).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'q')).mode & 0o077).toBe(0);
  expect(readFileSync(program, 'utf8')).not.toContain(env['HEPBATCH_ASKPASS_KEY']);
});
